/**
 * Finds out who is calling: by a key, by a session, or by a token of another issuer.
 *
 * <p>{@link dev.kedge.server.caller.Callers} is the way in. What a caller may do is decided
 * elsewhere.
 */
@NullMarked
package dev.kedge.server.caller;

import org.jspecify.annotations.NullMarked;
