package dev.kedge.model;

import java.util.UUID;

/** Names a standing reason to create runs. */
public record TriggerId(UUID value) {

    /** Reads the public text form. Other spellings of a UUID are refused. */
    public static TriggerId parse(String text) {
        return new TriggerId(Ids.parse("a trigger", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
