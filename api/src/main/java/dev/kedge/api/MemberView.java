package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Somebody who belongs to a namespace. */
public record MemberView(
        String principal, @Nullable String email, String role, @Nullable Instant since) {}
