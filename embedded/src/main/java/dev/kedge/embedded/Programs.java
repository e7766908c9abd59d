package dev.kedge.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the programs we need, in a folder and an environment of our choosing. */
final class Programs {

    private static final File NOTHING = new File("/dev/null");
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private Programs() {}

    /** Starts {@code command} in {@code folder}; all it prints goes to the end of {@code log}. */
    static Process start(List<String> command, Path folder, Path log) throws IOException {
        var whole = new ArrayList<String>();
        if (Files.isExecutable(SETSID)) {
            // Ctrl-C goes to every process of the terminal's group. The database must outlive it
            // until the application has drained and closes it.
            whole.add(SETSID.toString());
        }
        whole.addAll(command);
        var builder =
                new ProcessBuilder(whole)
                        .directory(folder.toFile())
                        .redirectInput(NOTHING)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        var path = System.getenv("PATH");
        builder.environment().clear(); // PGDATA and its like would talk to PostgreSQL.
        builder.environment()
                .putAll(
                        Map.of(
                                "PATH", path == null ? "/usr/bin:/bin" : path,
                                "TZ", "UTC",
                                "LC_ALL", "C"));
        return builder.start();
    }

    /** Sends a signal that Java has no word for. To a process that is gone it does nothing. */
    static void signal(long pid, String signal) throws IOException {
        quietly("/bin/sh", "-c", "kill -%s %d".formatted(signal, pid));
    }

    /** Writes all of {@code folder} to disk, where the system has a program for that. */
    static void flush(Path folder) throws IOException {
        quietly("/bin/sh", "-c", "sync -f \"$0\" || sync", folder.toString());
    }

    private static void quietly(String... command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .redirectInput(NOTHING)
                        .redirectOutput(NOTHING)
                        .redirectError(NOTHING)
                        .start();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
