package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a chain has come. Whoever has kept a head can tell, of any later state of the chain,
 * whether everything up to {@code no} is still as it was.
 *
 * @param namespace whose chain it is; null for that of the installation
 * @param no the last entry's; 0 for a chain that has none
 * @param hash the last entry's
 * @param at when that entry was written
 */
public record AuditHead(@Nullable Namespace namespace, long no, String hash, Instant at) {

    /** What is signed of it, see {@code docs/internals/audit.md}. */
    public byte[] signedBytes() {
        return new Canonical("kedge-audit-head-1")
                .add(AuditChain.nameOf(namespace))
                .add(no)
                .addHex(hash)
                .add(at)
                .bytes();
    }
}
