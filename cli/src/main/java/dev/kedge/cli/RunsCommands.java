package dev.kedge.cli;

import dev.kedge.api.RerunBody;
import dev.kedge.api.RetryBody;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.api.StepPage;
import dev.kedge.cli.terminal.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge runs …}, but for {@link RunsStart}, {@link RunsLogs} and {@link RunsJournal}. */
final class RunsCommands {

    private RunsCommands() {}

    @Command(name = "list", description = "The runs, newest first.")
    static final class ListThem extends RemoteCommand {

        @Option(names = "--job", paramLabel = "JOB", description = "Of this job only.")
        @Nullable String job;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                split = ",",
                description = "pending, running, sleeping, completed, failed, cancelled.")
        @Nullable List<String> states;

        @Option(names = "--tag", paramLabel = "TAG", description = "With this tag only.")
        @Nullable String tag;

        @Mixin private final PageOptions page = new PageOptions();

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var query =
                    page.query(
                            Remote.part("job", job),
                            Remote.part("state", states == null ? null : String.join(",", states)),
                            Remote.part("tag", tag));
            return show(remote.get(remote.path("runs") + query), RunPage.class, this::print);
        }

        private void print(RunPage runs) {
            if (runs.items().isEmpty()) {
                say("No runs. Start one: kedge runs start JOB --payload '{}' --wait");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("RUN")
                            .elastic("JOB")
                            .painted("STATE", style()::state)
                            .number("ATTEMPT")
                            .text("CREATED")
                            .elastic("NOTE");
            for (var run : runs.items()) {
                table.row(
                        run.id(),
                        run.job(),
                        run.state(),
                        run.attempt(),
                        ago(run.createdAt()),
                        note(run));
            }
            table.print();
            page.sayNext(this, runs.nextCursor());
        }

        private static String note(RunView run) {
            var failure = run.failure();
            return failure != null && !"completed".equals(run.state())
                    ? failure.message()
                    : RunPrinter.progress(run.progress());
        }
    }

    @Command(name = "get", description = "A run as it is now.")
    static final class Get extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        @Option(
                names = {"-w", "--wait"},
                description = "Wait for the end, show the progress, print the result.")
        boolean wait;

        Get(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            if (wait) {
                return watch(this, remote, run);
            }
            return show(
                    remote.get(remote.path("runs", run)), RunView.class, it -> print(remote, it));
        }

        private void print(Remote remote, RunView shown) {
            var steps = remote.path("runs", run, "steps") + "?limit=1";
            var waits =
                    "sleeping".equals(shown.state())
                            ? Remote.read(remote.get(steps), StepPage.class).waits()
                            : null;
            new RunPrinter(this).details(shown, waits == null ? List.of() : waits);
        }
    }

    @Command(
            name = "cancel",
            description = "Asks a run to stop, and stops it by force after the job's grace.")
    static final class Cancel extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        Cancel(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(remote.path("runs", run, "cancel")),
                    RunView.class,
                    asked ->
                            say(
                                    asked.ended()
                                            ? describe(this, asked)
                                            : "run %s was asked to stop".formatted(asked.id())));
        }
    }

    @Command(name = "terminate", description = "Ends a run as cancelled, now.")
    static final class Terminate extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        Terminate(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(remote.path("runs", run, "terminate")),
                    RunView.class,
                    ended -> say(describe(this, ended)));
        }
    }

    @Command(name = "retry", description = "Repeats a failed run as a new run.")
    static final class Retry extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        @Option(
                names = "--fresh",
                description = "From the beginning, without the steps that were completed.")
        boolean fresh;

        Retry(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(remote.path("runs", run, "retry"), new RetryBody(fresh)),
                    RunView.class,
                    repeated -> say(describe(this, repeated)));
        }
    }

    @Command(name = "rerun", description = "Repeats any ended run as a new run.")
    static final class Rerun extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        @Option(
                names = {"-p", "--payload"},
                paramLabel = "@FILE|JSON|-",
                description = "Instead of the run's own.")
        @Nullable String payload;

        Rerun(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var path = remote.path("runs", run, "rerun");
            var answer =
                    payload == null
                            ? remote.post(path)
                            : remote.post(
                                    path,
                                    new RerunBody(Input.json("--payload", payload, around().in())));
            return show(answer, RunView.class, repeated -> say(describe(this, repeated)));
        }
    }

    /** Watches a run to its end and prints that. */
    static int watch(RemoteCommand command, Remote remote, String run) {
        var follow = command.again("runs get " + run + " --wait");
        var answer = new Watch(remote, command.terminal(), follow).untilEnd(run);
        command.show(answer, RunView.class, new RunPrinter(command)::ending);
        return "completed".equals(Remote.read(answer, RunView.class).state())
                ? ExitCode.DONE
                : ExitCode.RUN_FAILED;
    }

    static String describe(RemoteCommand command, RunView run) {
        var origin = run.origin() == null ? "" : ", repeats " + run.origin();
        return "run %s is %s%s".formatted(run.id(), command.style().state(run.state()), origin);
    }
}
