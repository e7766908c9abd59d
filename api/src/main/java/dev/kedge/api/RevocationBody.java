package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Takes tokens of another issuer no more.
 *
 * @param principal whose
 * @param token the id of one; all that were issued until now where left out
 */
public record RevocationBody(String principal, @Nullable String token) {}
