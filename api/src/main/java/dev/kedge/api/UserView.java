package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user.
 *
 * @param principal as whom the user acts
 */
public record UserView(
        String id,
        String principal,
        String email,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant lastSignInAt) {}
