package dev.kedge.model;

import java.util.UUID;

/** Identifies an API key; it is no secret. */
public record KeyId(UUID value) {

    public static KeyId parse(String text) {
        return new KeyId(Ids.parse("a key", text));
    }

    /** As whom its holder acts. */
    public PrincipalId principal() {
        return new PrincipalId("key:" + value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
