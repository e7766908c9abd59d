package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.LogLineView;
import dev.kedge.api.LogPage;
import dev.kedge.api.RunView;
import dev.kedge.cli.terminal.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "What the attempts of a run have written.")
final class RunsLogs extends RemoteCommand {

    private static final long PAUSE_MILLIS = 400;
    private static final int PAGE_LINES = 500;

    @Parameters(paramLabel = "RUN")
    String run = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the run has ended.")
    boolean follow;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many lines.")
    @Nullable Integer limit;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Goes on where a page ended.")
    @Nullable String cursor;

    RunsLogs(Surroundings around) {
        super(around);
    }

    @Override
    int run(Remote remote) {
        return follow ? follow(remote) : pages(remote);
    }

    /** With {@code --json} one page, as the API gives it; else all there is. */
    private int pages(Remote remote) {
        var size = limit == null ? PAGE_LINES : limit;
        while (true) {
            var answer = page(remote, size);
            if (json) {
                raw(answer);
                return ExitCode.DONE;
            }
            var page = Remote.read(answer, LogPage.class);
            page.items().forEach(this::print);
            if (page.nextCursor() == null || limit != null) {
                return ExitCode.DONE;
            }
            cursor = page.nextCursor();
        }
    }

    /** Follows the stream, and takes it up again where it broke, until the run has ended. */
    private int follow(Remote remote) {
        while (true) {
            // Asked before the stream is read: what an ended run has written is all there.
            var ended = Remote.read(remote.get(remote.path("runs", run)), RunView.class).ended();
            var complete = readStream(remote);
            if (complete || ended) {
                return ExitCode.DONE;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CommandFailure.unreachable("interrupted");
            }
        }
    }

    /** Whether the server said that there will be nothing more. */
    private boolean readStream(Remote remote) {
        try (var events =
                new EventStream(remote.stream(remote.path("runs", run, "logs"), cursor))) {
            for (var event = events.next(); event != null; event = events.next()) {
                if (event.type().equals("end")) {
                    return true;
                }
                var data = event.data().getBytes(StandardCharsets.UTF_8);
                var line = Json.answer(data, LogLineView.class);
                cursor = line.id();
                if (json) {
                    raw(data);
                } else {
                    print(line);
                }
            }
            return false;
        } catch (IOException broken) {
            return false; // As after a restart of the server: the next stream goes on from there.
        }
    }

    private byte[] page(Remote remote, int size) {
        var query = "?limit=" + size + (cursor == null ? "" : "&cursor=" + Remote.escaped(cursor));
        return remote.get(remote.path("runs", run, "logs") + query);
    }

    private void print(LogLineView line) {
        var level =
                switch (line.level()) {
                    case "error" -> style().red("ERROR");
                    case "warn" -> style().yellow("WARN ");
                    case "debug" -> style().faint("DEBUG");
                    default -> "INFO ";
                };
        say(
                "%s %s %s %s"
                        .formatted(
                                style().faint(line.at().truncatedTo(ChronoUnit.MILLIS).toString()),
                                style().faint("#" + line.attempt()),
                                level,
                                Texts.lines(line.message())));
    }
}
