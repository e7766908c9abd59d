package dev.kedge.api;

import java.time.Instant;

/**
 * One immutable version of a function's code.
 *
 * @param digest SHA-256 of the code, in hex
 * @param active whether runs that start now use it
 */
public record DeploymentView(
        String id,
        String namespace,
        String function,
        int version,
        String digest,
        boolean active,
        Instant deployedAt) {}
