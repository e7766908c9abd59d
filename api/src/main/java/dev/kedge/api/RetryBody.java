package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Repeats a failed run.
 *
 * @param fresh from the beginning; where left out, the new run inherits the steps that were
 *     completed and the state
 */
public record RetryBody(@Nullable Boolean fresh) {}
