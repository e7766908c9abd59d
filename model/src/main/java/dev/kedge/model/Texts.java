package dev.kedge.model;

/** Refuses text that is empty, too long, or holds control characters. */
final class Texts {

    private Texts() {}

    static void check(String field, String text, int charsMax) {
        if (text.isEmpty() || text.length() > charsMax) {
            throw new KedgeException.Invalid(
                    field,
                    "must have 1 to %d characters, got %d".formatted(charsMax, text.length()));
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new KedgeException.Invalid(field, "must not contain control characters");
        }
    }
}
