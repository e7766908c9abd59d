package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who belongs to a namespace.
 *
 * @param email of a user of Kedge's own directory
 * @param role by name; one that is not defined any more grants nothing
 */
public record Member(PrincipalId principal, @Nullable String email, String role, Instant since) {}
