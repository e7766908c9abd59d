package dev.kedge.app;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code kedge dev} or {@code kedge server} as a process of its own, in a folder of its own. */
record ServerProcess(Process process, ServeCommand.Ready ready) {

    static final long STOP_SECONDS_MAX = 45;

    /** Returns once the server said where it is. */
    static ServerProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** The same, with further variables in its environment. */
    static ServerProcess start(Path folder, Map<String, String> variables, String... arguments)
            throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-D" + Places.HOME_PROPERTY + "=" + Servers.home(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--port", "0", "--json"));
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(variables);
        var process = builder.start();
        var line = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(line).as("the line of kedge %s --json", arguments[0]).isNotNull();
        return new ServerProcess(
                process,
                Json.answer(line.getBytes(StandardCharsets.UTF_8), ServeCommand.Ready.class));
    }

    /** With -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** As an operator would; by force only if that does not help. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
