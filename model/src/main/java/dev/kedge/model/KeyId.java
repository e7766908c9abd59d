package dev.kedge.model;

import java.util.Optional;
import java.util.UUID;

/** Identifies an API key; it is no secret. */
public record KeyId(UUID value) {

    private static final String PREFIX = "key:";

    /** Which one acts as {@code principal}; empty where it is another kind of principal. */
    public static Optional<KeyId> of(PrincipalId principal) {
        return Ids.of(PREFIX, principal).map(KeyId::new);
    }

    public static KeyId parse(String text) {
        return new KeyId(Ids.parse("a key", text));
    }

    /** As whom its holder acts. */
    public PrincipalId principal() {
        return new PrincipalId(PREFIX + value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
