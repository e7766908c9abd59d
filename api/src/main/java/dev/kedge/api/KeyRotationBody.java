package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Which keys of secrets to change.
 *
 * @param dataKeys whether to seal every secret anew under a new key of its namespace too; not where
 *     left out
 */
public record KeyRotationBody(@Nullable Boolean dataKeys) {}
