package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an API key.
 *
 * @param name for people
 * @param role what it may do; left out for the caller's own, or for {@code admin}
 * @param permissions what it is good for, of all that the role allows; all of it where left out
 * @param namespaces what it reaches, where the address does not say it
 * @param everywhere true for a key that reaches every namespace
 * @param expiresIn a duration; never where left out
 */
public record KeyBody(
        String name,
        @Nullable String role,
        @Nullable List<String> permissions,
        @Nullable List<String> namespaces,
        @Nullable Boolean everywhere,
        @Nullable String expiresIn) {}
