package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an earlier server has left on our data: a server whose application was killed, or the
 * backends of a server that was killed itself. A new server must not start beside them.
 *
 * <p>They are known by where they stand: each process of PostgreSQL works in its data folder, and
 * only what stands in ours is touched. A process that is dead but not yet reaped stands nowhere.
 */
record Leftovers(Path pgdata) {

    private static final Path PROC = Path.of("/proc");
    private static final Duration POLITE_STOP_MAX = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE_STOP_MAX = Duration.ofSeconds(1);
    private static final Duration KILL_MAX = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(5);

    /** Ends them all, and returns when the data is free for a new server. */
    void end() throws IOException, InterruptedException {
        if (Files.notExists(pgdata)) {
            return;
        }
        var server = recordedServer();
        if (processes(server).stream().anyMatch(process -> process.pid() == server)) {
            Programs.signal(server, "INT");
            awaitNone(POLITE_STOP_MAX, server);
        }
        if (!awaitNone(Duration.ZERO, server)) {
            for (var process : processes(server)) {
                Programs.signal(process.pid(), "QUIT");
            }
        }
        if (!awaitNone(IMMEDIATE_STOP_MAX, server)) {
            processes(server).forEach(ProcessHandle::destroyForcibly);
        }
        if (!awaitNone(KILL_MAX, server)) {
            throw new EmbeddedException(
                    "processes %s still use %s and do not end; end them"
                            .formatted(
                                    processes(server).stream()
                                            .map(process -> Long.toString(process.pid()))
                                            .collect(Collectors.joining(", ")),
                                    pgdata));
        }
        if (Files.isDirectory(PROC)) {
            // Its process is gone. The number may be another's by now, or an unreaped corpse's,
            // and a new server would take either for a living one.
            Files.deleteIfExists(pidFile());
        }
    }

    /** All processes of PostgreSQL on this data. */
    List<ProcessHandle> processes() throws IOException {
        return processes(recordedServer());
    }

    private boolean awaitNone(Duration max, long server) throws IOException, InterruptedException {
        var deadline = System.nanoTime() + max.toNanos();
        while (!processes(server).isEmpty()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }

    private Path pidFile() {
        return pgdata.resolve("postmaster.pid");
    }

    /** The server that last started here, or 0. */
    private long recordedServer() throws IOException {
        try (var lines = Files.lines(pidFile())) {
            return lines.findFirst().map(String::strip).map(Long::parseLong).orElse(0L);
        } catch (NoSuchFileException e) {
            return 0; // Nobody has, or who did is just leaving.
        } catch (NumberFormatException e) {
            return 0; // Torn by a crash while it was written.
        }
    }

    private List<ProcessHandle> processes(long server) throws IOException {
        if (!Files.isDirectory(PROC)) {
            return ProcessHandle.of(server).filter(Leftovers::isPostgres).stream().toList();
        }
        var processes = new ArrayList<ProcessHandle>();
        try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var entry : entries) {
                if (standsInOurs(entry)) {
                    ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                            .ifPresent(processes::add);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return processes;
    }

    private boolean standsInOurs(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(pgdata)
                    && Files.readString(process.resolve("comm")).strip().equals("postgres");
        } catch (IOException e) {
            return false; // Gone by now, or another user's, who cannot write to our data.
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().filter(name -> name.endsWith("/postgres")).isPresent();
    }
}
