package dev.kedge.model;

import java.util.UUID;

/** Names a standing reason to create runs. */
public record TriggerId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
