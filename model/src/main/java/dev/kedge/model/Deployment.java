package dev.kedge.model;

import java.time.Instant;

/**
 * One immutable version of a function's code.
 *
 * @param function what it was deployed as
 * @param version counts the function's deployments, from 1
 * @param code the source text of the module
 * @param digest SHA-256 of the code's UTF-8 bytes, in hex
 * @param active whether runs that start now use it
 */
public record Deployment(
        DeploymentId id,
        Namespace namespace,
        String function,
        int version,
        String code,
        String digest,
        boolean active,
        Instant deployedAt) {

    /** The most source text one deployment may have. */
    public static final int CODE_BYTES_MAX = 4 << 20;
}
