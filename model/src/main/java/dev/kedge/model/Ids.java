package dev.kedge.model;

import java.util.Optional;
import java.util.UUID;

/** Reads ids in their public text form. */
final class Ids {

    private Ids() {}

    /** The id behind {@code prefix} in a principal's; empty where it has another. */
    static Optional<UUID> of(String prefix, PrincipalId principal) {
        var text = principal.value();
        if (!text.startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(prefix, text.substring(prefix.length())));
        } catch (KedgeException.Invalid notOne) {
            return Optional.empty();
        }
    }

    /** Other spellings of a UUID than the plain one are refused. */
    static UUID parse(String what, String text) {
        try {
            var uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException notOne) {
            // Said below, in our words.
        }
        throw new KedgeException.Invalid(
                "id", "%s id is a UUID like 0198a1b2-c3d4-7e5f-8a9b-...".formatted(what));
    }
}
