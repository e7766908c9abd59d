package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.regex.Pattern;

/** Turns what the system and PostgreSQL say about a fault into one sentence with its remedy. */
final class Faults {

    private record Known(Pattern said, String sentence) {
        Known(String said, String sentence) {
            this(Pattern.compile(said), sentence);
        }
    }

    private static final String NO_SPACE = "there is no space left on the disk; free some";

    private static final List<Known> KNOWN =
            List.of(
                    new Known(
                            "could not (create|resize|map) .*shared memory",
                            "there is not enough shared memory; lower shared_buffers or give the"
                                    + " machine more"),
                    new Known("No space left on device|Disk quota exceeded", NO_SPACE),
                    new Known(
                            "Address already in use|Is another postmaster already running on port",
                            "its port is taken by another program; choose another port, or 0 for"
                                    + " any free one"),
                    new Known(
                            "database files are incompatible with server",
                            "the data folder was written by another version of PostgreSQL; open it"
                                    + " with that version, or choose another folder"),
                    new Known(
                            "has wrong ownership",
                            "the data folder belongs to another user; run as that user, or choose"
                                    + " another folder"),
                    new Known(
                            "Permission denied",
                            "a file or folder may not be read; give it to the user that runs the"
                                    + " server"),
                    new Known(
                            "(pre-existing shared memory block|lock file .* already exists)",
                            "another server still runs on the data folder; stop that first"));

    private static final Pattern FATAL = Pattern.compile("(?:FATAL|PANIC|error): +(.*)");

    private Faults() {}

    static EmbeddedException of(String act, IOException e) {
        var said = String.valueOf(e.getMessage());
        if (e instanceof AccessDeniedException) {
            return new EmbeddedException(
                    "could not %s: %s may not be accessed by this user; change its owner or choose another folder"
                            .formatted(act, said),
                    e);
        }
        if (said.contains("No space left") || said.contains("quota exceeded")) {
            return new EmbeddedException("could not %s: %s".formatted(act, NO_SPACE), e);
        }
        return new EmbeddedException(
                "could not %s: %s".formatted(act, e.getMessage() == null ? e : said), e);
    }

    /** What {@code program} printed before it gave up, in one sentence. */
    static EmbeddedException said(String program, String printed) {
        for (var known : KNOWN) {
            if (known.said().matcher(printed).find()) {
                return new EmbeddedException(
                        "%s did not start: %s".formatted(program, known.sentence()));
            }
        }
        var fatal = FATAL.matcher(printed);
        var reason =
                fatal.find()
                        ? fatal.group(1)
                        : printed.isBlank() ? "it said nothing" : printed.strip();
        return new EmbeddedException("%s did not start: %s".formatted(program, reason));
    }
}
