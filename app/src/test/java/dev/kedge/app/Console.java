package dev.kedge.app;

import dev.kedge.api.Json;
import dev.kedge.cli.Surroundings;
import dev.kedge.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Runs commands as {@code main} does, and keeps what they write. */
final class Console {

    /** What became of one command. */
    record Ended(int exitCode, String out, String err) {

        /** What was printed, as a message of the API. */
        <T> T as(Class<T> type) {
            return Json.answer(out.getBytes(StandardCharsets.UTF_8), type);
        }
    }

    private final Map<String, String> environment;

    Console(Map<String, String> environment) {
        this.environment = environment;
    }

    /** One that knows where a server is, and may do everything there. */
    static Console of(Assembly assembly, String key) {
        return new Console(Map.of("KEDGE_URL", assembly.url(), "KEDGE_API_KEY", key));
    }

    Ended run(String... arguments) {
        return runWithInput("", arguments);
    }

    Ended runWithInput(String input, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var around =
                new Surroundings(
                        Terminal.plain(stream(out), stream(err)),
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        environment,
                        Optional::empty,
                        InstantSource.system());
        var exitCode = Main.run(around, arguments);
        return new Ended(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
