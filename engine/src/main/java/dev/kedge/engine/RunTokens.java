package dev.kedge.engine;

import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;

/**
 * Makes the tokens with which runs call back as whoever submitted them. For use by any thread.
 *
 * <p>A token is good for as long as the attempt holds its lease, in the namespace of its run.
 */
@FunctionalInterface
public interface RunTokens {

    /** Under this name handlers find the token among their {@linkplain RunSecrets secrets}. */
    String SECRET = "KEDGE_TOKEN";

    String make(Namespace namespace, Lease lease);
}
