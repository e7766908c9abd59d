package dev.kedge.store;

import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;

/** Whose runs a limit counts together. */
sealed interface Scope {

    /** Those of a namespace that run. */
    record OfNamespace(Namespace namespace) implements Scope {}

    /** Those of a job that run. */
    record OfJob(Namespace namespace, JobName job) implements Scope {}

    /** Those of a job with one concurrency key that run. */
    record OfKey(Namespace namespace, JobName job, String key) implements Scope {}

    /**
     * Those of a job with one concurrency key that started lately.
     *
     * @param key empty for the runs that have none; they are taken together
     */
    record Starts(Namespace namespace, JobName job, String key) implements Scope {}
}
