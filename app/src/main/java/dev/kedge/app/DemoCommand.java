package dev.kedge.app;

import dev.kedge.api.DeployBody;
import dev.kedge.api.EntryView;
import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.api.RawJson;
import dev.kedge.api.RunBody;
import dev.kedge.api.RunView;
import dev.kedge.api.StepPage;
import dev.kedge.cli.CommandFailure;
import dev.kedge.cli.DevServer;
import dev.kedge.cli.ExitCode;
import dev.kedge.cli.Remote;
import dev.kedge.cli.Surroundings;
import dev.kedge.cli.Watch;
import dev.kedge.cli.terminal.ProgressLine;
import dev.kedge.cli.terminal.Terminal;
import dev.kedge.embedded.EmbeddedException;
import dev.kedge.engine.EngineConfig;
import dev.kedge.server.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code kedge demo}: a job on a real file, from nothing to a checked result. Its process is killed
 * on the way, because that is what Kedge is for.
 */
@Command
final class DemoCommand implements Callable<Integer> {

    private static final String FUNCTION = "orders";
    private static final double KILL_AT_PERCENT = 50;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int STEPS_MAX = 500;

    private final Surroundings around;
    private final long begunNanos = System.nanoTime();
    private long killedPid;

    @Option(names = "--keep", description = "Leave the server running, to look around.")
    boolean keep;

    @Option(names = "--json", description = "Print one line of JSON on standard output at the end.")
    boolean json;

    DemoCommand(Surroundings around) {
        this.around = around;
    }

    /** What {@code --json} prints. */
    record Report(
            boolean verified,
            String url,
            String runId,
            int attempts,
            int steps,
            long stepsOfFirstAttempt,
            long killedPid,
            double seconds,
            @Nullable OrdersCount result) {}

    /** The payload, as the function expects it. */
    record Input(String csv) {}

    @Override
    public Integer call() throws InterruptedException {
        var places = Places.of(around.environment());
        try {
            return inFolder(Files.createTempDirectory("kedge-demo-"), places);
        } catch (EmbeddedException | IllegalStateException | UncheckedIOException e) {
            throw CommandFailure.refused(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw CommandFailure.refused("the demo cannot read or write a file: " + e);
        }
    }

    private int inFolder(Path folder, Places places) throws IOException, InterruptedException {
        var lifetime = new Lifetime();
        lifetime.endsWith(ExitCode.INTERRUPTED);
        lifetime.begin();
        lifetime.hold(() -> Folders.remove(folder));
        try {
            say("starting a throw-away server with a PostgreSQL of its own…");
            var assembly = Assembly.start(settings(folder), places);
            lifetime.hold(() -> {
                assembly.close();
                Folders.remove(folder);
            });
            var exitCode = show(assembly, places, folder);
            if (keep) {
                lifetime.endsWith(exitCode);
                new CountDownLatch(1).await(); // A signal ends the process; see Lifetime.
            }
            return exitCode;
        } finally {
            lifetime.release();
        }
    }

    private int show(Assembly assembly, Places places, Path folder) throws IOException {
        var key = assembly.newKey().orElseThrow();
        var remote = new Remote(Remote.address(assembly.url()), key, "default");
        DevServerFile.write(
                folder.resolve(DevServer.FOLDER),
                new DevServerFile.Content(assembly.url(), key, ProcessHandle.current().pid()));
        warnOfMissingLayers(assembly);

        var example = places.examples().resolve("orders");
        var code = Files.readString(example.resolve("jobs/orders.ts"));
        var csv = Files.readString(example.resolve("orders.csv"));
        remote.post(remote.path("functions", FUNCTION), new DeployBody(code, true));
        say("deployed examples/orders/jobs/orders.ts as the job '%s'".formatted(FUNCTION));

        var body = RunBody.of(RawJson.of(Json.write(new Input(csv))));
        var started =
                Remote.read(
                        remote.post(remote.path("jobs", FUNCTION, "runs"), body), RunView.class);
        say(
                "run %s works on examples/orders/orders.csv, %,d KB"
                        .formatted(started.id(), csv.length() / 1_000));

        var watch = new Watch(remote, terminal(), "kedge runs get " + started.id());
        var answer = watch.untilEnd(started.id(), (run, line) -> killHalfWay(assembly, run, line));
        var ended = Remote.read(answer, RunView.class);
        return judge(ended, stepsOf(remote, ended), csv, assembly, places, folder);
    }

    private static List<EntryView> stepsOf(Remote remote, RunView run) {
        var page = remote.get(remote.path("runs", run.id(), "steps") + "?limit=" + STEPS_MAX);
        return Remote.read(page, StepPage.class).items();
    }

    private void killHalfWay(Assembly assembly, RunView run, ProgressLine line) {
        var progress = run.progress();
        if (killedPid != 0
                || progress == null
                || progress.percent() == null
                || progress.percent() < KILL_AT_PERCENT) {
            return;
        }
        assembly.functions().processes().stream()
                .filter(process -> process.function().equals(FUNCTION))
                .findFirst()
                .flatMap(process -> ProcessHandle.of(process.pid()))
                .ifPresent(process -> {
                    killedPid = process.pid();
                    process.destroyForcibly();
                    line.say(
                            terminal().style().yellow("killed")
                                    + " the function's process at %.0f %% (kill -9 %d); Kedge goes on"
                                            .formatted(progress.percent(), killedPid));
                    line.say("  what is on record is not done again: watch how fast it is back");
                });
    }

    private int judge(
            RunView run,
            List<EntryView> steps,
            String csv,
            Assembly assembly,
            Places places,
            Path folder) {
        var counted = OrdersCount.of(csv);
        var returned = returned(run);
        var kept = steps.stream().filter(step -> step.attempt() == 1).count();
        var verified =
                killedPid != 0
                        && run.attempt() > 1
                        && kept > 0
                        && returned.map(counted::equals).orElse(false);
        var seconds = (System.nanoTime() - begunNanos) / NANOS_PER_SECOND;
        var result = returned.orElse(null);
        if (result != null) {
            print(result);
        }
        say(
                "  %d steps on record: attempt 1 did %d of them, and attempt 2 the other %d"
                        .formatted(steps.size(), kept, steps.size() - kept));
        var style = terminal().style();
        if (verified) {
            say(
                    (style.green("verified")
                                    + ": attempt %d of the run completed, and counting the same file in"
                                    + " Java gives the same numbers (%.1f s in all)")
                            .formatted(run.attempt(), seconds));
        } else {
            say(style.red("not verified") + ": " + whyNot(run, kept, counted, result));
        }
        if (keep) {
            say(
                    "the server goes on at %s until Ctrl-C; look around with"
                            .formatted(assembly.url()));
            say(
                    "  cd %s && %s runs get %s"
                            .formatted(folder, places.home().resolve("kedge"), run.id()));
        } else {
            say("the server is gone; with --keep it stays, to look around: kedge demo --keep");
        }
        if (json) {
            var report =
                    new Report(
                            verified,
                            assembly.url(),
                            run.id(),
                            run.attempt(),
                            steps.size(),
                            kept,
                            killedPid,
                            seconds,
                            result);
            terminal().out().println(new String(Json.write(report), StandardCharsets.UTF_8));
        }
        return verified ? ExitCode.DONE : ExitCode.RUN_FAILED;
    }

    private String whyNot(
            RunView run, long kept, OrdersCount counted, @Nullable OrdersCount result) {
        if (!"completed".equals(run.state())) {
            var failure = run.failure();
            return "the run is %s%s"
                    .formatted(run.state(), failure == null ? "" : ": " + failure.message());
        }
        if (killedPid == 0) {
            return "the run was over before its process could be killed";
        }
        if (kept == 0) {
            return "nothing that attempt 1 did was on record";
        }
        return "the run returned %s, counting in Java gives %s".formatted(result, counted);
    }

    private static Optional<OrdersCount> returned(RunView run) {
        try {
            var result = run.result();
            return result == null
                    ? Optional.empty()
                    : Optional.of(Json.answer(result.bytes(), OrdersCount.class));
        } catch (JsonRefused e) {
            return Optional.empty();
        }
    }

    private void print(OrdersCount count) {
        say("");
        say(
                "  %,d lines, %,d orders, %s € in all; best seller %s (%d sold)"
                        .formatted(
                                count.rows(),
                                count.accepted(),
                                euros(count.totalCents()),
                                count.bestSeller().sku(),
                                count.bestSeller().units()));
        say("  rejected: %s".formatted(count.rejected()));
        count.countries().entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue().cents(), a.getValue().cents()))
                .forEach(country ->
                        say(
                                "  %s  %5d orders  %14s €"
                                        .formatted(
                                                country.getKey(),
                                                country.getValue().orders(),
                                                euros(country.getValue().cents()))));
        say("");
    }

    private static String euros(long cents) {
        return String.format(Locale.ROOT, "%,d.%02d", cents / 100, cents % 100);
    }

    private void warnOfMissingLayers(Assembly assembly) {
        var missing = assembly.functions().sandbox().missing();
        if (!missing.isEmpty()) {
            say(
                    "%s this machine does not give every layer of the sandbox; missing: %s"
                            .formatted(
                                    terminal().style().yellow("warning:"),
                                    String.join(", ", missing)));
        }
    }

    private static Settings settings(Path folder) {
        return new Settings(
                ServerConfig.DEFAULT.withPort(0),
                folder.resolve(DevServer.FOLDER),
                Optional.empty(),
                new Database.Embedded(folder.resolve(DevServer.FOLDER).resolve("postgres")),
                EngineConfig.DEFAULT,
                true,
                new SecretsKey.None(),
                Map.of(),
                Settings.Trust.DEFAULT);
    }

    private void say(String line) {
        terminal().err().println(line);
    }

    private Terminal terminal() {
        return around.terminal();
    }
}
