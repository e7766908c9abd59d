package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * How many runs of a job may run at once, and how often they may start, on all servers together.
 *
 * <p>A run counts for as long as somebody holds its lease: a sleeping one does not, and one whose
 * worker died does until it is taken back, because its handler may still be at work.
 *
 * @param maxConcurrency of the job; null for no limit
 * @param onExceeded what becomes of a submission while that many are active
 * @param maxConcurrencyPerKey of the runs with the same concurrency key; null for no limit. A run
 *     without such a key is not limited by it
 * @param rate of the runs with the same concurrency key, those without one taken together; null for
 *     no limit
 */
public record Limits(
        @Nullable Integer maxConcurrency,
        OnExceeded onExceeded,
        @Nullable Integer maxConcurrencyPerKey,
        @Nullable RateLimit rate) {

    public static final int CONCURRENCY_MAX = 1_000_000;

    public static final Limits NONE = new Limits(null, OnExceeded.QUEUE, null, null);

    public Limits {
        if (maxConcurrency != null) {
            checkMaxConcurrency(maxConcurrency);
        } else if (onExceeded == OnExceeded.REJECT) {
            throw new KedgeException.Invalid(
                    "onExceeded", "'reject' means nothing without maxConcurrency");
        }
        if (maxConcurrencyPerKey != null) {
            Bounds.check("maxConcurrencyPerKey", maxConcurrencyPerKey, 1, CONCURRENCY_MAX);
        }
    }

    /** Refuses what cannot be a limit on how many run at once, of a job or of a namespace. */
    public static void checkMaxConcurrency(int runs) {
        Bounds.check("maxConcurrency", runs, 1, CONCURRENCY_MAX);
    }

    /** At most {@code runs} at once; more of them wait. */
    public static Limits atOnce(int runs) {
        return new Limits(runs, OnExceeded.QUEUE, null, null);
    }

    /** Whether a submission may be refused because of how many are active. */
    public boolean refuses() {
        return onExceeded == OnExceeded.REJECT;
    }
}
