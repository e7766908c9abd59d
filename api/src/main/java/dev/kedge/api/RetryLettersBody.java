package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Repeats the runs of many dead letters, newest first.
 *
 * @param job of this job only
 * @param poisoned true for runs that workers died of, false for the others; either where left out
 * @param fresh see {@link RetryBody}
 * @param limit at most so many; 50 where left out
 * @param cursor goes on where an earlier answer ended
 */
public record RetryLettersBody(
        @Nullable String job,
        @Nullable Boolean poisoned,
        @Nullable Boolean fresh,
        @Nullable Integer limit,
        @Nullable String cursor) {}
