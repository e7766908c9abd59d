package dev.kedge.app;

import dev.kedge.api.Json;
import dev.kedge.cli.CommandFailure;
import dev.kedge.cli.DevServer;
import dev.kedge.cli.ExitCode;
import dev.kedge.cli.Surroundings;
import dev.kedge.cli.terminal.Terminal;
import dev.kedge.embedded.EmbeddedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kedge server} and {@code kedge dev}: serve until told to stop. */
@Command
final class ServeCommand implements Callable<Integer> {

    /** For whom. */
    enum Mode {
        /** For others: says its key once, and leaves it nowhere. */
        SERVER,
        /** For whoever starts it: brings the jobs of this folder, leaves its key for clients. */
        DEV
    }

    private static final Path JOBS_OF_FOLDER = Path.of("jobs");

    private final Mode mode;
    private final Surroundings around;

    @Mixin private final ServerOptions options = new ServerOptions();

    @Option(names = "--json", description = "Print one line when ready: url, apiKey, pid.")
    boolean json;

    ServeCommand(Mode mode, Surroundings around) {
        this.mode = mode;
        this.around = around;
    }

    /** What {@code --json} prints; the key only where it was just made or lies in the folder. */
    record Ready(String url, @Nullable String apiKey, long pid) {}

    @Override
    public Integer call() throws InterruptedException {
        var settings = settings();
        var lifetime = new Lifetime();
        lifetime.begin();
        try {
            var assembly = Assembly.start(settings, Places.of(around.environment()));
            lifetime.hold(assembly);
            announce(settings, assembly);
        } catch (EmbeddedException | IllegalStateException | UncheckedIOException e) {
            throw CommandFailure.refused(String.valueOf(e.getMessage()));
        }
        new CountDownLatch(1).await(); // A signal ends the process; see Lifetime.
        return ExitCode.DONE;
    }

    private Settings settings() {
        var settings = Settings.of(options, around.environment());
        if (mode == Mode.SERVER) {
            return settings;
        }
        var dev = settings.http().isLoopback() ? settings.withWeakSandboxAllowed() : settings;
        return dev.jobs().isEmpty() && Files.isDirectory(JOBS_OF_FOLDER)
                ? dev.withJobs(JOBS_OF_FOLDER)
                : dev;
    }

    private void announce(Settings settings, Assembly assembly) {
        var pid = ProcessHandle.current().pid();
        var key = mode == Mode.DEV ? leaveKey(settings, assembly, pid) : assembly.newKey();
        if (!settings.http().isLoopback() && settings.http().edge().tls() == null) {
            terminal()
                    .err()
                    .printf(
                            "%s %s can be reached from other machines and speaks plain HTTP;"
                                    + " who listens in on the way there reads the keys%n",
                            terminal().style().yellow("warning:"), settings.http().host());
        }
        if (json) {
            var ready = new Ready(assembly.url(), key.orElse(null), pid);
            terminal().out().println(new String(Json.write(ready), StandardCharsets.UTF_8));
        } else if (mode == Mode.DEV) {
            greetDeveloper(settings, assembly);
        } else {
            greetOperator(assembly);
        }
    }

    private Optional<String> leaveKey(Settings settings, Assembly assembly, long pid) {
        Assembly.makeDataFolder(settings.data());
        var key =
                assembly.newKey()
                        .or(() ->
                                DevServerFile.read(settings.data())
                                        .map(DevServerFile.Content::apiKey));
        key.ifPresent(known -> {
            try {
                DevServerFile.write(
                        settings.data(), new DevServerFile.Content(assembly.url(), known, pid));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to " + settings.data(), e);
            }
        });
        return key;
    }

    private void greetDeveloper(Settings settings, Assembly assembly) {
        var style = terminal().style();
        var out = terminal().out();
        out.printf("%n  Kedge is ready at %s%n%n", style.bold(assembly.url()));
        settings.jobs()
                .ifPresentOrElse(
                        jobs -> out.printf("  jobs   %s, deployed on every change%n", jobs),
                        () ->
                                out.printf(
                                        "  jobs   none yet: make a folder jobs with a hello.ts%n"));
        out.printf("  start  kedge runs start hello --payload '{\"name\": \"Ada\"}' --wait%n");
        out.printf(
                "  key    in %s; clients below this folder find it%n",
                settings.data().resolve(DevServer.FILE));
        out.printf("  stop   Ctrl-C%n%n");
    }

    private void greetOperator(Assembly assembly) {
        var style = terminal().style();
        var out = terminal().out();
        out.printf("Kedge is ready at %s%n", style.bold(assembly.url()));
        assembly.newKey()
                .ifPresent(
                        key -> out.printf("The administrator's key, shown this once: %s%n", key));
    }

    private Terminal terminal() {
        return around.terminal();
    }
}
