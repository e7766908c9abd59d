package dev.kedge.model;

import java.util.UUID;

/** Identifies a user of Kedge's own directory. */
public record UserId(UUID value) {

    public static UserId parse(String text) {
        return new UserId(Ids.parse("a user", text));
    }

    /** As whom the user acts. */
    public PrincipalId principal() {
        return new PrincipalId("user:" + value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
