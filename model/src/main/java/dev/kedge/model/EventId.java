package dev.kedge.model;

import java.util.UUID;

/** Names a published event: a UUIDv7, so that ids sort by the time they were made. */
public record EventId(UUID value) {

    /** Reads the public text form. Other spellings of a UUID are refused. */
    public static EventId parse(String text) {
        return new EventId(Ids.parse("an event", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
