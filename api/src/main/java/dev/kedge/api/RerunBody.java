package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Repeats an ended run.
 *
 * @param payload instead of the run's own
 */
public record RerunBody(@Nullable RawJson payload) {}
