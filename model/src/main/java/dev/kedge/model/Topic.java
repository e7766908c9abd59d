package dev.kedge.model;

import java.util.regex.Pattern;

/** What an event is about. Matching is exact, and case counts. */
public record Topic(String value) {

    public static final int CHARS_MAX = 128;
    private static final Pattern ALLOWED =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?");

    public Topic {
        if (!ALLOWED.matcher(value).matches()) {
            throw new KedgeException.Invalid(
                    "topic",
                    "1 to %d letters, digits, '.', '_', ':' and '-', a letter or digit at both ends"
                            .formatted(CHARS_MAX));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
