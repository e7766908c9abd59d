package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Publishes an event.
 *
 * @param topic letters, digits, {@code . _ : -}; case counts
 * @param payload any JSON value; {@code null} where left out
 */
public record EventBody(String topic, @Nullable RawJson payload) {}
