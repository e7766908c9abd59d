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

    private static final Known STILL_RUNS =
            new Known(
                    "pre-existing shared memory block|lock file .* already exists",
                    "another server still runs on its data; stop that first");

    private static final List<Known> KNOWN =
            List.of(
                    new Known(
                            "shared memory.*(No space left|Cannot allocate)|Cannot allocate memory",
                            "there is not enough memory for it; lower shared_buffers or give it"
                                    + " more"),
                    new Known(
                            "No space left on device|[Qq]uota exceeded|wrote only \\d+ of \\d+ bytes",
                            NO_SPACE),
                    new Known(
                            "Address already in use",
                            "its port is taken by another program; choose another port, or 0 for"
                                    + " any free one"),
                    new Known(
                            "incompatible with server",
                            "its data was written by another version of PostgreSQL; open it with"
                                    + " that one, or choose another data folder"),
                    new Known(
                            "has wrong ownership",
                            "its data belongs to another user; run as that user, or choose another"
                                    + " data folder"),
                    new Known(
                            "has invalid permissions",
                            "others may read its data; take that right away with chmod 700"),
                    STILL_RUNS);

    private static final Pattern REASON =
            Pattern.compile("(?:FATAL|PANIC|error): +(?!the database system is )(.*)");

    private Faults() {}

    /** Says that {@code act} could not be done because of {@code e}. */
    static EmbeddedException of(String act, IOException e) {
        var said = String.valueOf(e.getMessage());
        if (e instanceof AccessDeniedException) {
            return new EmbeddedException(
                    "could not %s: %s is closed to this user; change its owner, or choose another"
                                    .formatted(act, said)
                            + " place",
                    e);
        }
        for (var known : KNOWN) {
            if (known.said().matcher(said).find()) {
                return new EmbeddedException(
                        "could not %s: %s".formatted(act, known.sentence()), e);
            }
        }
        return new EmbeddedException("could not %s: %s".formatted(act, e), e);
    }

    /** Whether it may be enough to try again: processes that were killed take a while to go. */
    static boolean mayPass(String printed) {
        return STILL_RUNS.said().matcher(printed).find();
    }

    /** Says why {@code program} gave up, going by what it {@code printed}. */
    static EmbeddedException said(String program, String printed) {
        for (var known : KNOWN) {
            if (known.said().matcher(printed).find()) {
                return new EmbeddedException("%s gave up: %s".formatted(program, known.sentence()));
            }
        }
        var reason = REASON.matcher(printed);
        if (reason.find()) {
            return new EmbeddedException("%s gave up: %s".formatted(program, reason.group(1)));
        }
        return new EmbeddedException(
                "%s gave up: %s"
                        .formatted(
                                program, printed.isBlank() ? "it said nothing" : printed.strip()));
    }
}
