package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * How much of an installation a namespace may take up; what is beyond it is refused with 429.
 *
 * @param maxPending how many of its runs may be waiting to start; any number where left out
 * @param maxConcurrent how many of its runs may be pending or running; any number where left out
 * @param maxPerMinute how many runs may be submitted to it in a minute; any number where left out
 */
public record NamespaceQuotaBody(
        @Nullable Integer maxPending,
        @Nullable Integer maxConcurrent,
        @Nullable Integer maxPerMinute) {}
