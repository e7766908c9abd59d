package dev.kedge.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An e-mail address, by which a user signs in. Case makes no difference.
 *
 * @param value in lower case, at most 254 characters
 */
public record Email(String value) {

    public static final int CHARS_MAX = 254;

    /** Whether mail arrives there is known only when it does; this keeps out what cannot be one. */
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+");

    public Email {
        value = value.toLowerCase(Locale.ROOT);
        Texts.check("email", value, CHARS_MAX);
        if (!ADDRESS.matcher(value).matches()) {
            throw new KedgeException.Invalid("email", "an address like ada@example.com is wanted");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
