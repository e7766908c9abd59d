package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * Which runs of a job a run shares a limit or an order with.
 *
 * @param concurrency those with the same one share the job's limits per key; null for none
 * @param ordering those with the same one run one after the other, in the order in which their
 *     submissions were committed; each begins when the one before has ended, however long that one
 *     sleeps or is retried. Null for none
 */
public record LimitKeys(@Nullable String concurrency, @Nullable String ordering) {

    public static final LimitKeys NONE = new LimitKeys(null, null);

    public LimitKeys {
        if (concurrency != null) {
            Texts.check("concurrencyKey", concurrency, NewRun.KEY_CHARS_MAX);
        }
        if (ordering != null) {
            Texts.check("orderingKey", ordering, NewRun.KEY_CHARS_MAX);
        }
    }
}
