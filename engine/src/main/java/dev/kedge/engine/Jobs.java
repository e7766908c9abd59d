package dev.kedge.engine;

import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.Quota;
import dev.kedge.model.Transition;
import dev.kedge.store.Tx;
import dev.kedge.store.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The definitions of one namespace. For use by any thread. */
public final class Jobs {

    /** How many jobs one call may list. */
    public static final int LIMIT_MAX = 500;

    private static final int CANCEL_BATCH = 1_000;

    private final Namespace namespace;
    private final Parts parts;

    Jobs(Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
    }

    /**
     * Defines a job or replaces its definition. Runs that exist keep what they were submitted with
     * and are treated by the new policy. Defining the same again changes nothing, not even the
     * version. When this returns, no run starts beyond the new limits; those that run already go
     * on.
     */
    public Job define(Job job) {
        if (!job.namespace().equals(namespace)) {
            throw new KedgeException.Invalid(
                    "namespace",
                    "the job belongs to '%s', not to '%s'".formatted(job.namespace(), namespace));
        }
        parts.checkMayAdminister(namespace);
        parts.seen()
                .inTransaction(tx -> {
                    if (parts.jobs().define(tx, job)) {
                        writeDown(tx, "job.define", job.name().value(), Map.of());
                    }
                });
        parts.definitionsChanged().run();
        if (!job.policy().limits().equals(Limits.NONE)) {
            awaitClaimsUnderWay();
        }
        return get(job.name());
    }

    public Optional<Job> find(JobName name) {
        return Optional.ofNullable(parts.seen().find(tx -> parts.jobs().find(tx, namespace, name)));
    }

    /**
     * @throws KedgeException.NotFound there is no such job
     */
    public Job get(JobName name) {
        return find(name).orElseThrow(() -> notFound(name));
    }

    /** By name, those after {@code after}. */
    public List<Job> list(@Nullable JobName after, int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new KedgeException.Invalid(
                    "limit", "must be between 1 and %d, got %d".formatted(LIMIT_MAX, limit));
        }
        return parts.seen().autocommit(tx -> parts.jobs().list(tx, namespace, after, limit));
    }

    /**
     * Removes a definition: no further runs are accepted and pending ones are cancelled. Running
     * ones end as they will.
     */
    public void remove(JobName name) {
        checkMayAdminister(name);
        parts.seen()
                .inTransaction(tx -> {
                    if (!parts.jobs().remove(tx, namespace, name)) {
                        throw notFound(name);
                    }
                    writeDown(tx, "job.remove", name.value(), Map.of());
                });
        parts.definitionsChanged().run();
        var some = true;
        while (some) {
            some = cancelWaiting(name);
        }
    }

    /** When this returns, no further run of the job starts until it is resumed. */
    public Job pause(JobName name) {
        switchPause(name, true);
        awaitClaimsUnderWay();
        return get(name);
    }

    public Job resume(JobName name) {
        switchPause(name, false);
        parts.wakeAll().run();
        return get(name);
    }

    /**
     * Sets how many runs of the namespace may run at once, of all jobs and on all servers together;
     * null for as many as there are slots. When this returns, no run starts beyond it.
     */
    public void limit(@Nullable Integer maxConcurrency) {
        if (maxConcurrency != null) {
            Limits.checkMaxConcurrency(maxConcurrency);
        }
        parts.checkMayAdminister(namespace);
        parts.seen()
                .inTransaction(tx -> {
                    parts.limits().limit(tx, namespace, maxConcurrency);
                    writeDown(
                            tx,
                            "namespace.limit",
                            namespace.value(),
                            maxConcurrency == null
                                    ? Map.of()
                                    : Map.of("maxConcurrency", maxConcurrency));
                });
        parts.definitionsChanged().run();
        awaitClaimsUnderWay();
    }

    /** How many runs of the namespace may run at once; empty for as many as there are slots. */
    public OptionalInt limit() {
        var limit = parts.seen().find(tx -> parts.limits().limitOf(tx, namespace));
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }

    /**
     * Sets how much the namespace may take up; {@link Quota#NONE} for as much as there is. Holds on
     * all servers within moments.
     */
    public void quota(Quota quota) {
        parts.checkMayOperate(namespace);
        parts.db()
                .inTransaction(tx -> {
                    parts.quotas().put(tx, namespace, quota);
                    var details = new HashMap<String, Integer>();
                    if (quota.maxPending() != null) {
                        details.put("maxPending", quota.maxPending());
                    }
                    if (quota.maxConcurrent() != null) {
                        details.put("maxConcurrent", quota.maxConcurrent());
                    }
                    if (quota.maxPerMinute() != null) {
                        details.put("maxPerMinute", quota.maxPerMinute());
                    }
                    writeDown(tx, "namespace.quota", namespace.value(), details);
                });
        parts.definitionsChanged().run();
    }

    /** How much the namespace may take up; {@link Quota#NONE} for as much as there is. */
    public Quota quota() {
        parts.checkReaches(namespace);
        return parts.db().autocommit(tx -> parts.quotas().of(tx, namespace));
    }

    /** They may have read what was changed since: when they are done, none can any more. */
    private void awaitClaimsUnderWay() {
        parts.db().inTransaction(parts.workers()::quiesce);
    }

    private boolean cancelWaiting(JobName name) {
        var ended =
                parts.db()
                        .transaction(tx -> {
                            var waiting = parts.runs().waiting(tx, namespace, name, CANCEL_BATCH);
                            Transition.Ends cancel = new Transition.Cancel("its job was removed");
                            return parts.leases()
                                    .end(
                                            tx,
                                            waiting.stream()
                                                    .map(run ->
                                                            new Verdict<>(
                                                                    run.run(), run.epoch(), cancel))
                                                    .toList());
                        });
        ended.forEach(parts.watch()::changed);
        return !ended.isEmpty();
    }

    private void switchPause(JobName name, boolean paused) {
        checkMayAdminister(name);
        parts.seen()
                .inTransaction(tx -> {
                    if (!parts.jobs().pause(tx, namespace, name, paused)) {
                        throw notFound(name);
                    }
                    writeDown(tx, paused ? "job.pause" : "job.resume", name.value(), Map.of());
                });
        parts.definitionsChanged().run();
    }

    private void writeDown(Tx tx, String act, String subject, Map<String, ?> details) {
        parts.writeDown(tx, namespace, act, subject, details);
    }

    /** What is not there for the caller is not forbidden either. */
    private void checkMayAdminister(JobName name) {
        get(name);
        parts.checkMayAdminister(namespace);
    }

    private static KedgeException notFound(JobName name) {
        return new KedgeException.NotFound("job", name.value());
    }
}
