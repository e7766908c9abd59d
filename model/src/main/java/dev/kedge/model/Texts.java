package dev.kedge.model;

/** What text may be: refused where somebody can still mend it, put right where nobody can. */
final class Texts {

    private Texts() {}

    /** Refuses text that is empty, too long, or holds control characters. */
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

    /** Cuts to the limit, and drops NUL, which PostgreSQL cannot store in text. */
    static String kept(String text, int charsMax) {
        var clean = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
        return clean.length() <= charsMax ? clean : head(clean, charsMax - 3) + "...";
    }

    /** The first characters; a pair of surrogates is one character and is never parted. */
    static String head(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        var parts = Character.isHighSurrogate(text.charAt(charsMax - 1));
        return text.substring(0, parts ? charsMax - 1 : charsMax);
    }
}
