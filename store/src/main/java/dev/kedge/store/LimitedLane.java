package dev.kedge.store;

import dev.kedge.model.JobName;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A lane, and the limits that its runs are under.
 *
 * @param ofNamespace how many runs of the whole namespace may run at once; null for no limit
 */
record LimitedLane(
        int lane,
        Namespace namespace,
        JobName job,
        boolean paused,
        Limits limits,
        @Nullable Integer ofNamespace) {

    /** At most so many within a scope. */
    record Cap(Scope scope, int max) {}

    /** The lowest of its limits on how many run at once. */
    int lowest() {
        return Stream.of(ofNamespace, limits.maxConcurrency(), limits.maxConcurrencyPerKey())
                .filter(Objects::nonNull)
                .min(Integer::compare)
                .orElse(Integer.MAX_VALUE);
    }

    /** What any run of the lane needs room in. */
    List<Cap> caps() {
        var caps = new ArrayList<Cap>();
        if (ofNamespace != null) {
            caps.add(new Cap(new Scope.OfNamespace(namespace), ofNamespace));
        }
        if (limits.maxConcurrency() != null) {
            caps.add(new Cap(new Scope.OfJob(namespace, job), limits.maxConcurrency()));
        }
        return caps;
    }

    /** What a run with this concurrency key needs room in. */
    List<Cap> caps(@Nullable String key) {
        var caps = caps();
        if (limits.maxConcurrencyPerKey() != null && key != null) {
            caps.add(new Cap(new Scope.OfKey(namespace, job, key), limits.maxConcurrencyPerKey()));
        }
        if (limits.rate() != null) {
            caps.add(new Cap(starts(key), limits.rate().limit()));
        }
        return caps;
    }

    Scope.Starts starts(@Nullable String key) {
        return new Scope.Starts(namespace, job, key == null ? "" : key);
    }

    /** Whether some of its runs may have to wait while others may start. */
    boolean isKeyed() {
        return limits.maxConcurrencyPerKey() != null || limits.rate() != null;
    }
}
