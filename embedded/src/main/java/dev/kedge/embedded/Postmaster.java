package dev.kedge.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One running server process, from its launch to its end. */
final class Postmaster {

    private static final Duration FAST_STOP_MAX = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE_STOP_MAX = Duration.ofSeconds(5);

    private final Process process;
    private final Path log;
    private final long logStart;

    private Postmaster(Process process, Path log, long logStart) {
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    static Postmaster launch(List<String> command, Path pgdata, Path log) throws IOException {
        var logStart = Files.exists(log) ? Files.size(log) : 0;
        return new Postmaster(Programs.builder(command, pgdata, log).start(), log, logStart);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /** What this server has logged so far. */
    String said() {
        try (var in = Files.newInputStream(log)) {
            in.skipNBytes(logStart);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }

    /** Ends the server; what was committed is on disk either way, only the effort differs. */
    void stop(Durability durability) {
        if (durability == Durability.DURABLE && endedAfter("INT", FAST_STOP_MAX)) {
            return;
        }
        if (!endedAfter("QUIT", IMMEDIATE_STOP_MAX)) {
            process.destroyForcibly();
        }
    }

    private boolean endedAfter(String signal, Duration max) {
        try {
            Programs.signal(process.pid(), signal);
            return process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
