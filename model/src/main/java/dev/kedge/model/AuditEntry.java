package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A note in its place in a chain: entry {@code no} names, by its hash, everything before it.
 *
 * @param namespace whose chain it is; null for that of the installation
 * @param no counts from 1 and leaves out none
 * @param hash as {@link AuditChain#hash} has it; 64 hexadecimal digits
 */
public record AuditEntry(
        @Nullable Namespace namespace,
        long no,
        Instant at,
        PrincipalId principal,
        AuditNote note,
        String hash) {}
