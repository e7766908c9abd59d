package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * A definition: what is to be run, by whom, and how its runs are treated.
 *
 * @param description for people; at most {@link #DESCRIPTION_CHARS_MAX} characters
 * @param enabled whether runs of it are accepted
 * @param paused whether its pending runs stay where they are for now
 * @param version counts the times it was defined anew, from 1
 */
public record Job(
        Namespace namespace,
        JobName name,
        Binding binding,
        JobPolicy policy,
        @Nullable String description,
        boolean enabled,
        boolean paused,
        int version) {

    public static final int DESCRIPTION_CHARS_MAX = 2_000;

    public Job {
        if (description != null) {
            Bounds.check("description", description.length(), 0, DESCRIPTION_CHARS_MAX);
        }
    }

    /** A job as somebody defines it, before the store has given it a version. */
    public static Job of(Namespace namespace, JobName name, Binding binding, JobPolicy policy) {
        return new Job(namespace, name, binding, policy, null, true, false, 1);
    }
}
