package dev.kedge.model;

import java.util.Optional;
import java.util.UUID;

/** Identifies a user of Kedge's own directory. */
public record UserId(UUID value) {

    private static final String PREFIX = "user:";

    /** Which one acts as {@code principal}; empty where it is another kind of principal. */
    public static Optional<UserId> of(PrincipalId principal) {
        return Ids.of(PREFIX, principal).map(UserId::new);
    }

    public static UserId parse(String text) {
        return new UserId(Ids.parse("a user", text));
    }

    /** As whom the user acts. */
    public PrincipalId principal() {
        return new PrincipalId(PREFIX + value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
