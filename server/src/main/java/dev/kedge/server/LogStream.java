package dev.kedge.server;

import dev.kedge.api.Json;
import dev.kedge.engine.Runs;
import dev.kedge.model.LogLine;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One reader's live view of a run's log, as server-sent events.
 *
 * <p>Nothing is kept for a reader but one page of lines: a write waits until the reader takes it,
 * and one who takes nothing for the connection's idle timeout is dropped. Every event has an id, so
 * whoever comes back with the last one misses nothing.
 */
final class LogStream {

    /** Few, because every reader who does not read keeps a page of up to 8 KiB a line. */
    private static final int PAGE_LINES = 25;

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration QUIET_MAX = Duration.ofSeconds(15);
    private static final byte[] COMMENT = ": still here\n\n".getBytes(StandardCharsets.UTF_8);

    private final Supplier<Runs> access;
    private final RunId run;
    private final Waiting waiting;
    private final OutputStream out;

    /**
     * @param access asks whether the reader may read on, and throws if not
     */
    LogStream(Supplier<Runs> access, RunId run, Waiting waiting, OutputStream out) {
        this.access = access;
        this.run = run;
        this.waiting = waiting;
        this.out = out;
    }

    /** Sends what comes after {@code position} until the run has ended or the server stops. */
    void from(LogLine.Position position) throws IOException, InterruptedException {
        comment();
        var last = position;
        var quiet = Duration.ZERO;
        var runs = access.get();
        var asked = System.nanoTime();
        while (!waiting.isOver()) {
            if (System.nanoTime() - asked > ASK_AGAIN.toNanos()) {
                runs = access.get();
                asked = System.nanoTime();
            }
            // The state is read before the lines: the lines of an ended run are all there.
            var now = runs.get(run);
            var sent = send(runs, last);
            if (!sent.equals(last)) {
                last = sent;
                quiet = Duration.ZERO;
            } else if (now.state().isFinal()) {
                end(now);
                return;
            } else {
                runs.await(run, later -> later.state().isFinal(), POLL);
                quiet = quiet.plus(POLL);
                if (quiet.compareTo(QUIET_MAX) >= 0) {
                    comment();
                    quiet = Duration.ZERO;
                }
            }
        }
    }

    /** Sends one page of lines; returns the position of the last one sent so far. */
    private LogLine.Position send(Runs runs, LogLine.Position after) throws IOException {
        var last = after;
        for (var line : runs.logs(run, after, PAGE_LINES)) {
            last = line.position();
            event("log", Cursors.of(last), RunWords.toView(line));
        }
        out.flush();
        return last;
    }

    private void end(Run ended) throws IOException {
        out.write("event: end\n".getBytes(StandardCharsets.UTF_8));
        data(Map.of("state", ended.state().word()));
        out.flush();
    }

    private void event(String name, String id, Object view) throws IOException {
        out.write("event: %s\nid: %s\n".formatted(name, id).getBytes(StandardCharsets.UTF_8));
        data(view);
    }

    /** JSON has no line breaks of its own here, so one data line is enough. */
    private void data(Object view) throws IOException {
        out.write("data: ".getBytes(StandardCharsets.UTF_8));
        out.write(Json.write(view));
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private void comment() throws IOException {
        out.write(COMMENT);
        out.flush();
    }
}
