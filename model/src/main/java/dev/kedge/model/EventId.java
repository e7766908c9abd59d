package dev.kedge.model;

import java.util.UUID;

/** Names a published event: a UUIDv7, so that ids sort by the time they were made. */
public record EventId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
