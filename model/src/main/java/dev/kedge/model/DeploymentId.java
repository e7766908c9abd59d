package dev.kedge.model;

import java.util.UUID;

/** One immutable version of a function's code. A run keeps the one it first started with. */
public record DeploymentId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
