package dev.kedge.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How PostgreSQL's programs are run: in their folder, with an environment of our choosing. */
final class Programs {

    private static final File NOTHING = new File("/dev/null");
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private Programs() {}

    static ProcessBuilder builder(List<String> command, Path folder, Path log) {
        var whole = new ArrayList<String>();
        if (Files.isExecutable(SETSID)) {
            // Ctrl-C goes to every process of the terminal's group; the database must outlive it
            // until we have drained and stop it ourselves.
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
        builder.environment().clear();
        builder.environment()
                .putAll(
                        Map.of(
                                "PATH",
                                path == null ? "/usr/bin:/bin" : path,
                                "TZ",
                                "UTC",
                                "LC_ALL",
                                "C"));
        return builder;
    }

    static void signal(long pid, String signal) throws IOException {
        new ProcessBuilder("/bin/sh", "-c", "kill -%s %d".formatted(signal, pid))
                .redirectInput(NOTHING)
                .redirectOutput(NOTHING)
                .redirectError(NOTHING)
                .start();
    }
}
