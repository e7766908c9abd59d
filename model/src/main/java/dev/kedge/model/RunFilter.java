package dev.kedge.model;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list, newest first.
 *
 * @param states empty for all
 * @param before only runs older than this one; where the last page ended
 * @param limit 1 to {@link #LIMIT_MAX}
 */
public record RunFilter(
        Set<RunState> states,
        @Nullable JobName job,
        @Nullable QueueName queue,
        @Nullable String tag,
        @Nullable String key,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore,
        @Nullable RunId before,
        int limit) {

    public static final int LIMIT_DEFAULT = 50;
    public static final int LIMIT_MAX = 500;

    public static final RunFilter ALL =
            new RunFilter(Set.of(), null, null, null, null, null, null, null, LIMIT_DEFAULT);

    public RunFilter {
        states = Set.copyOf(states);
        Bounds.check("limit", limit, 1, LIMIT_MAX);
        if (tag != null) {
            Texts.check("tag", tag, NewRun.TAG_CHARS_MAX);
        }
        if (key != null) {
            Texts.check("key", key, NewRun.KEY_CHARS_MAX);
        }
        if (createdAfter != null) {
            Bounds.check("createdAfter", createdAfter);
        }
        if (createdBefore != null) {
            Bounds.check("createdBefore", createdBefore);
        }
    }

    public RunFilter withStates(Set<RunState> others) {
        return new RunFilter(
                others, job, queue, tag, key, createdAfter, createdBefore, before, limit);
    }

    public RunFilter withJob(JobName other) {
        return new RunFilter(
                states, other, queue, tag, key, createdAfter, createdBefore, before, limit);
    }

    public RunFilter withLimit(int other) {
        return new RunFilter(
                states, job, queue, tag, key, createdAfter, createdBefore, before, other);
    }
}
