package dev.kedge.api;

import java.time.Instant;

/**
 * What somebody did, in its place in the chain.
 *
 * @param no counts from 1 in each namespace, and leaves out none
 * @param principal who did it
 * @param act what kind of thing
 * @param subject what it was done to
 * @param hash over all of this and the entry before; {@code docs/internals/audit.md} says how
 */
public record AuditEntryView(
        long no,
        Instant at,
        String principal,
        String act,
        String subject,
        RawJson details,
        String hash) {}
