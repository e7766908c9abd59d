package dev.kedge.server;

import dev.kedge.model.Email;
import dev.kedge.model.Entry;
import dev.kedge.model.EventId;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLine;
import dev.kedge.model.Path;
import dev.kedge.model.RunId;
import dev.kedge.model.SecretName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.regex.Pattern;

/** Where a page begins, in a form that nobody should read anything into. */
final class Cursors {

    /** The longest names an entry of a journal: a path, and the time at which it ended. */
    private static final int CURSOR_CHARS_MAX = (1 + 18 + 3 * Path.CHARS_MAX + 2) / 3 * 4;

    private static final Pattern LINE = Pattern.compile("(\\d{1,18})-(\\d{1,9})");

    private static final Pattern PLACE = Pattern.compile("(\\d{1,17}) (.+)", Pattern.DOTALL);

    private Cursors() {}

    static String of(RunId before) {
        return encode("r", before.toString());
    }

    static String of(JobName after) {
        return encode("j", after.value());
    }

    static String of(SecretName after) {
        return encode("n", after.value());
    }

    static String of(Email after) {
        return encode("u", after.value());
    }

    static String ofMember(String after) {
        return encode("m", after);
    }

    static String of(EventId before) {
        return encode("e", before.toString());
    }

    static String of(Instant before) {
        return encode("t", before.toString());
    }

    static String of(Entry.Place after) {
        return encode(
                "s",
                ChronoUnit.MICROS.between(Instant.EPOCH, after.endedAt())
                        + " "
                        + after.path().value());
    }

    /** A line's position serves as its id too. */
    static String of(LogLine.Position line) {
        return line.epoch() + "-" + line.line();
    }

    static RunId run(String cursor) {
        try {
            return RunId.parse(decode("r", cursor));
        } catch (KedgeException.Invalid notOne) {
            throw unknown("cursor");
        }
    }

    static JobName job(String cursor) {
        try {
            return new JobName(decode("j", cursor));
        } catch (KedgeException.Invalid notOne) {
            throw unknown("cursor");
        }
    }

    static SecretName secret(String cursor) {
        try {
            return new SecretName(decode("n", cursor));
        } catch (KedgeException.Invalid notOne) {
            throw unknown("cursor");
        }
    }

    static Email email(String cursor) {
        try {
            return new Email(decode("u", cursor));
        } catch (KedgeException.Invalid notOne) {
            throw unknown("cursor");
        }
    }

    static String member(String cursor) {
        return decode("m", cursor);
    }

    static EventId event(String cursor) {
        try {
            return EventId.parse(decode("e", cursor));
        } catch (KedgeException.Invalid notOne) {
            throw unknown("cursor");
        }
    }

    static Instant slot(String cursor) {
        try {
            return Instant.parse(decode("t", cursor));
        } catch (DateTimeParseException notOne) {
            throw unknown("cursor");
        }
    }

    static Entry.Place entry(String cursor) {
        var match = PLACE.matcher(decode("s", cursor));
        if (!match.matches()) {
            throw unknown("cursor");
        }
        try {
            return new Entry.Place(
                    Instant.EPOCH.plus(Long.parseLong(match.group(1)), ChronoUnit.MICROS),
                    new Path(match.group(2)));
        } catch (KedgeException.Invalid notOne) {
            throw unknown("cursor");
        }
    }

    /** Reads a line's id; {@code refusal} is for what is none. */
    static LogLine.Position line(String id, Refused refusal) {
        var match = LINE.matcher(id);
        if (!match.matches()) {
            throw refusal;
        }
        return new LogLine.Position(
                Long.parseLong(match.group(1)), Integer.parseInt(match.group(2)));
    }

    private static String encode(String kind, String value) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((kind + value).getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String kind, String cursor) {
        if (cursor.length() <= CURSOR_CHARS_MAX) {
            try {
                var text =
                        new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                if (text.startsWith(kind)) {
                    return text.substring(1);
                }
            } catch (IllegalArgumentException notBase64) {
                // Said below.
            }
        }
        throw unknown("cursor");
    }

    private static Refused unknown(String parameter) {
        return Refused.query(parameter, "is not a cursor of this list");
    }
}
