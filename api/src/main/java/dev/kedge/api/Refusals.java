package dev.kedge.api;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says in our words, and at the right place, what the parser found wrong. */
final class Refusals {

    private static final int NEAR_EDITS_MAX = 3;
    private static final int SHOWN_CHARS_MAX = 60;

    // The parser tells these apart by their words alone; JsonTest notices when they change.
    private static final String MISSING = "Missing required creator property";
    private static final String TRAILING = "Trailing token";

    /** Advice for those who configure the parser, which a caller cannot. */
    private static final Pattern HINT =
            Pattern.compile(": (enable `|maybe a \\(non-standard).*|, from `[^`]*`");

    private Refusals() {}

    static JsonRefused of(JacksonException refusal) {
        var pointer = pointer(refusal);
        return switch (refusal) {
            case UnrecognizedPropertyException unknown ->
                    new JsonRefused(false, pointer, unknown(unknown));
            case InvalidNullException _ -> new JsonRefused(false, pointer, "must not be null");
            case InputCoercionException _ ->
                    new JsonRefused(false, pointer, "the number does not fit here");
            case MismatchedInputException mismatch ->
                    new JsonRefused(false, pointer, mismatch(mismatch));
            default -> new JsonRefused(true, pointer, syntax(refusal));
        };
    }

    /** What PostgreSQL could not store in text, if it is in there. */
    static @Nullable String faultOf(char[] text, int offset, int length) {
        for (var i = offset; i < offset + length; i++) {
            var c = text[i];
            if (c == 0) {
                return "a text contains the character NUL";
            }
            if (Character.isSurrogate(c)) {
                var paired =
                        Character.isHighSurrogate(c)
                                && i + 1 < offset + length
                                && Character.isLowSurrogate(text[i + 1]);
                if (!paired) {
                    return "a text contains half a surrogate pair";
                }
                i++;
            }
        }
        return null;
    }

    private static String pointer(JacksonException refusal) {
        return refusal.getPath().stream()
                .map(step ->
                        step.getPropertyName() == null
                                ? "/" + step.getIndex()
                                : "/" + escaped(step.getPropertyName()))
                .collect(Collectors.joining());
    }

    private static String escaped(String name) {
        return shown(name).replace("~", "~0").replace("/", "~1");
    }

    private static String unknown(UnrecognizedPropertyException unknown) {
        var near = nearest(unknown.getPropertyName(), unknown.getKnownPropertyIds());
        return near == null
                ? "there is no such field here"
                : "there is no such field here; did you mean '%s'?".formatted(near);
    }

    private static @Nullable String nearest(String name, @Nullable Collection<Object> known) {
        if (known == null || name.length() > SHOWN_CHARS_MAX) {
            return null;
        }
        String nearest = null;
        var least = NEAR_EDITS_MAX + 1;
        for (var candidate : known) {
            var other = candidate.toString();
            var edits = edits(name.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
            if (edits < least && edits < other.length()) {
                least = edits;
                nearest = other;
            }
        }
        return nearest;
    }

    /** How many letters must be added, dropped or changed to get from one to the other. */
    private static int edits(String from, String to) {
        var row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (var i = 1; i <= from.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.length(); j++) {
                var changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    private static String mismatch(MismatchedInputException mismatch) {
        var message = String.valueOf(mismatch.getOriginalMessage());
        if (message.startsWith(MISSING)) {
            return "must be there";
        }
        if (message.startsWith(TRAILING)) {
            return "something stands behind the end";
        }
        var type = mismatch.getTargetType();
        return mismatch instanceof ReportedFault || type == null ? message : wanted(type);
    }

    private static String wanted(Class<?> type) {
        if (type.isEnum()) {
            var words = type.getEnumConstants();
            if (words.length == 1) {
                return "must be '%s'".formatted(words[0].toString().toLowerCase(Locale.ROOT));
            }
            return Arrays.stream(words)
                    .map(word -> word.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "must be one of ", ""));
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list is wanted here";
        }
        if (type == int.class || type == Integer.class || type == long.class) {
            return "a whole number is wanted here";
        }
        if (type == Double.class || type == double.class) {
            return "a number is wanted here";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false is wanted here";
        }
        return "an object is wanted here";
    }

    private static String syntax(JacksonException refusal) {
        var where = refusal.getLocation();
        var message = HINT.matcher(String.valueOf(refusal.getOriginalMessage())).replaceFirst("");
        return refusal instanceof StreamReadException && where != null
                ? "%s (line %d, column %d)"
                        .formatted(message, where.getLineNr(), where.getColumnNr())
                : message;
    }

    private static String shown(String name) {
        return name.length() <= SHOWN_CHARS_MAX ? name : name.substring(0, SHOWN_CHARS_MAX) + "...";
    }
}
