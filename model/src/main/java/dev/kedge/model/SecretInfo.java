package dev.kedge.model;

import java.time.Instant;

/**
 * What may be told of a secret: all but its value.
 *
 * @param version how often it was set; a name that was removed counts on when it comes back
 * @param setBy who set it last
 */
public record SecretInfo(
        SecretName name, SecretOwner owner, int version, Instant setAt, PrincipalId setBy) {}
