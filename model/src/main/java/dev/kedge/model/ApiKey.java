package dev.kedge.model;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an API key. The secret is not: it was shown once.
 *
 * @param hint the first characters of the secret, by which people tell keys apart
 * @param role by name
 * @param scopes what the key is good for, of all that its role allows; empty for all of it
 * @param namespaces what it reaches; empty for every one
 * @param madeBy who asked for it
 * @param expiresAt null for never
 * @param usedAt to the minute
 */
public record ApiKey(
        KeyId id,
        String name,
        String hint,
        String role,
        Set<Permission> scopes,
        List<Namespace> namespaces,
        PrincipalId madeBy,
        Instant madeAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant usedAt) {

    public ApiKey {
        scopes = Set.copyOf(scopes);
        namespaces = List.copyOf(namespaces);
    }
}
