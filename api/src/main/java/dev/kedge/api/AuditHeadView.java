package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a chain has come, signed by a server. Kept elsewhere, it shows of any later state of the
 * chain whether all up to there is still as it was.
 *
 * @param namespace absent for the chain of the installation
 * @param no of the last entry; 0 where there is none
 * @param at when that was written
 * @param key the server's public key: Ed25519, as X.509 has it, in base64
 * @param signature over all but the key; {@code docs/internals/audit.md} says how
 */
public record AuditHeadView(
        @Nullable String namespace,
        long no,
        String hash,
        Instant at,
        String key,
        String signature) {}
