package dev.kedge.cli;

import dev.kedge.api.RawJson;
import dev.kedge.api.RunBody;
import dev.kedge.api.RunView;
import dev.kedge.api.Times;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "start",
        description = "Starts a run of a job.",
        footer = {"", "Example: kedge runs start hello --payload '{\"name\": \"Ada\"}' --wait"})
final class RunsStart extends RemoteCommand {

    @Parameters(paramLabel = "JOB")
    String job = "";

    @Option(
            names = {"-p", "--payload"},
            paramLabel = "@FILE|JSON|-",
            description = "What the handler gets (null).")
    @Nullable String payload;

    @Option(
            names = {"-w", "--wait"},
            description = "Wait for the end, show the progress, print the result.")
    boolean wait;

    @Option(names = "--priority", paramLabel = "-100..100", description = "Higher goes first.")
    @Nullable Integer priority;

    @Option(names = "--delay", paramLabel = "DURATION", description = "Not before that, say 90s.")
    @Nullable String delay;

    @Option(
            names = "--run-at",
            paramLabel = "TIME",
            description = "Not before 2026-03-01T12:00:00Z.")
    @Nullable String runAt;

    @Option(names = "--queue", paramLabel = "NAME", description = "The lane it waits in.")
    @Nullable String queue;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Business key, unique among the job's active runs.")
    @Nullable String key;

    @Option(
            names = "--on-conflict",
            paramLabel = "WHAT",
            description = "Where the key is taken: ${COMPLETION-CANDIDATES}.")
    RunBody.@Nullable OnTaken onConflict;

    @Option(
            names = "--expires-at",
            paramLabel = "TIME",
            description = "Cancelled if it has not begun by then.")
    @Nullable String expiresAt;

    @Option(names = "--max-attempts", paramLabel = "N")
    @Nullable Integer maxAttempts;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "Of one attempt.")
    @Nullable String timeout;

    @Option(names = "--tag", paramLabel = "TAG", description = "May be given several times.")
    @Nullable List<String> tags;

    @Option(
            names = "--metadata",
            paramLabel = "@FILE|JSON|-",
            description = "A JSON object of yours.")
    @Nullable String metadata;

    @Option(
            names = "--concurrency-key",
            paramLabel = "KEY",
            description = "Shares the job's limits per key with runs of the same key.")
    @Nullable String concurrencyKey;

    @Option(
            names = "--ordering-key",
            paramLabel = "KEY",
            description = "Begins when the runs of the same key before it have ended.")
    @Nullable String orderingKey;

    RunsStart(Surroundings around) {
        super(around);
    }

    @Override
    int run(Remote remote) {
        var answer = remote.post(remote.path("jobs", job, "runs"), body());
        if (!wait) {
            return show(answer, RunView.class, this::printStarted);
        }
        var run = Remote.read(answer, RunView.class);
        return RunsCommands.watch(this, remote, run.id());
    }

    private RunBody body() {
        return new RunBody(
                json("--payload", payload),
                priority,
                time("--run-at", runAt),
                delay,
                queue,
                key,
                onConflict,
                time("--expires-at", expiresAt),
                maxAttempts,
                timeout,
                tags,
                json("--metadata", metadata),
                concurrencyKey,
                orderingKey,
                null);
    }

    private @Nullable RawJson json(String option, @Nullable String argument) {
        return argument == null ? null : Input.json(option, argument, around().in());
    }

    private static @Nullable Instant time(String option, @Nullable String argument) {
        try {
            return argument == null ? null : Times.parse(argument);
        } catch (DateTimeException e) {
            throw CommandFailure.usage("%s: %s".formatted(option, e.getMessage()));
        }
    }

    private void printStarted(RunView run) {
        say("run %s is %s".formatted(run.id(), style().state(run.state())));
        terminal()
                .err()
                .println(
                        style().faint(
                                        "watch it with: "
                                                + again("runs get " + run.id() + " --wait")));
    }
}
