package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * How much of an installation one namespace may take up. What is beyond it is refused; what comes
 * from within (child runs, those that an event starts, retries) is counted and never refused.
 *
 * @param maxPending how many runs may be waiting to start, also those that wait for their time; any
 *     number where null
 * @param maxConcurrent how many runs may be pending or running; any number where null
 * @param maxPerMinute how many runs may be submitted in a minute. What was not used is kept for one
 *     minute, so that so many may come at once; any number where null
 */
public record Quota(
        @Nullable Integer maxPending,
        @Nullable Integer maxConcurrent,
        @Nullable Integer maxPerMinute) {

    public static final int MAX = 1_000_000_000;

    public static final Quota NONE = new Quota(null, null, null);

    public Quota {
        check("maxPending", maxPending);
        check("maxConcurrent", maxConcurrent);
        check("maxPerMinute", maxPerMinute);
    }

    private static void check(String field, @Nullable Integer value) {
        if (value != null && (value < 1 || value > MAX)) {
            throw new KedgeException.Invalid(
                    field, "must be between 1 and %d, got %d".formatted(MAX, value));
        }
    }
}
