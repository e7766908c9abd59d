package dev.kedge.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One process of PostgreSQL that we started, from its launch to its end. */
final class Postmaster {

    private static final Duration FAST_STOP_MAX = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE_STOP_MAX = Duration.ofSeconds(5);
    private static final int SAID_BYTES_MAX = 64 << 10;

    private final Process process;
    private final Path log;
    private final long logStart;
    private final long launchedNanos = System.nanoTime();

    private Postmaster(Process process, Path log, long logStart) {
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    static Postmaster launch(List<String> command, Path where, Path log) throws IOException {
        var logStart = Files.exists(log) ? Files.size(log) : 0;
        return new Postmaster(Programs.start(command, where, log), log, logStart);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How long ago it was launched. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - launchedNanos);
    }

    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** The last of what this process has logged. */
    String said() {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var start = Math.max(logStart, file.length() - SAID_BYTES_MAX);
            var said = new byte[Math.toIntExact(file.length() - start)];
            file.seek(start);
            file.readFully(said);
            return new String(said, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }

    /** Ends it, and returns when it has ended. What was committed is on disk either way. */
    void stop(Durability durability) throws IOException {
        switch (durability) {
            case DURABLE -> {
                if (endedAfter("INT", FAST_STOP_MAX) || endedAfter("QUIT", IMMEDIATE_STOP_MAX)) {
                    return;
                }
            }
            case THROW_AWAY -> {
                if (endedAfter("QUIT", IMMEDIATE_STOP_MAX)) {
                    return;
                }
            }
        }
        process.destroyForcibly();
    }

    /** An interrupt cuts the wait short; what is tried next is harsher, and no less safe. */
    private boolean endedAfter(String signal, Duration max) throws IOException {
        if (!process.isAlive()) {
            return true;
        }
        Programs.signal(process.pid(), signal);
        try {
            return process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
