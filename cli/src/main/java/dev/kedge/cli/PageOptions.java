package dev.kedge.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a list. */
final class PageOptions {

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (50).")
    @Nullable Integer limit;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Goes on where a page ended.")
    @Nullable String cursor;

    String query(String... more) {
        var query = new StringBuilder();
        for (var part : more) {
            append(query, part);
        }
        if (limit != null) {
            append(query, "limit=" + limit);
        }
        if (cursor != null) {
            append(query, "cursor=" + Remote.escaped(cursor));
        }
        return query.toString();
    }

    void sayNext(RemoteCommand command, @Nullable String next) {
        if (next != null) {
            command.say(command.style().faint("more with --cursor " + next));
        }
    }

    private static void append(StringBuilder query, String part) {
        if (!part.isEmpty()) {
            query.append(query.isEmpty() ? '?' : '&').append(part);
        }
    }
}
