package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Limits of a namespace.
 *
 * @param maxConcurrency how many of its runs may run at once, of all jobs and on all servers; no
 *     limit where left out
 */
public record NamespaceLimitBody(@Nullable Integer maxConcurrency) {}
