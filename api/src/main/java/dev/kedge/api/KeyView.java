package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key.
 *
 * @param key the secret; only in the answer that makes the key
 * @param hint the first characters of the secret
 * @param permissions what it is good for, where that is less than its role allows
 * @param namespaces what it reaches; left out where it is all
 * @param lastUsedAt to the minute
 */
public record KeyView(
        String id,
        String name,
        @Nullable String key,
        String hint,
        String role,
        @Nullable List<String> permissions,
        @Nullable List<String> namespaces,
        String madeBy,
        Instant madeAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    /** Never the secret. */
    @Override
    public String toString() {
        return "key " + id;
    }
}
