package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person in Kedge's own directory.
 *
 * @param disabledAt since when the user may not sign in
 * @param signedInAt when the user last did
 */
public record User(
        UserId id,
        Email email,
        Instant createdAt,
        @Nullable Instant disabledAt,
        @Nullable Instant signedInAt) {}
