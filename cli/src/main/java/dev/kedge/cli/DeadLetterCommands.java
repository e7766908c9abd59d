package dev.kedge.cli;

import dev.kedge.api.DeadLetterPage;
import dev.kedge.api.DeadLetterView;
import dev.kedge.api.Json;
import dev.kedge.api.RetriedView;
import dev.kedge.api.RetryBody;
import dev.kedge.api.RetryLettersBody;
import dev.kedge.api.RunView;
import dev.kedge.cli.terminal.Table;
import dev.kedge.cli.terminal.Texts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge dlq …}: a dead letter is known by the run that it is about. */
final class DeadLetterCommands {

    private static final int PAGE = 500;

    private DeadLetterCommands() {}

    @Command(name = "list", description = "The runs that failed for good, newest first.")
    static final class ListThem extends RemoteCommand {

        @Option(names = "--job", paramLabel = "JOB", description = "Of this job only.")
        @Nullable String job;

        @Option(names = "--poisoned", description = "Only those that workers died of.")
        boolean poisoned;

        @Mixin private final PageOptions page = new PageOptions();

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var query =
                    page.query(
                            Remote.part("job", job),
                            Remote.part("poisoned", poisoned ? true : null));
            return show(
                    remote.get(remote.path("dead-letters") + query),
                    DeadLetterPage.class,
                    this::print);
        }

        private void print(DeadLetterPage letters) {
            if (letters.items().isEmpty()) {
                say("No dead letters.");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("RUN")
                            .elastic("JOB")
                            .number("ATTEMPTS")
                            .text("FAILED")
                            .text("POISONED")
                            .elastic("WHY");
            for (var letter : letters.items()) {
                table.row(
                        letter.run(),
                        letter.job(),
                        letter.attempts(),
                        ago(letter.failedAt()),
                        letter.poisoned() ? "yes" : "no",
                        letter.failure().message());
            }
            table.print();
            page.sayNext(this, letters.nextCursor());
        }
    }

    @Command(name = "show", description = "A dead letter with its error and history.")
    static final class Show extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        Show(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("dead-letters", run)),
                    DeadLetterView.class,
                    this::print);
        }

        private void print(DeadLetterView letter) {
            var details = new Details(terminal());
            details.put("run", style().bold(letter.run()));
            details.put("job", Texts.line(letter.job()));
            details.put("failed", ago(letter.failedAt()));
            details.put("attempts", letter.attempts());
            details.put("poisoned", letter.poisoned() ? "yes: workers died of it" : null);
            details.put("payload", RunPrinter.shortened(letter.payload()));
            details.print();
            new RunPrinter(this).failure(letter.failure()).forEach(this::say);
            var history = letter.history();
            if (history == null || history.isEmpty()) {
                return;
            }
            say("");
            var table =
                    new Table(terminal())
                            .number("ATTEMPT")
                            .text("ENDED")
                            .text("CODE")
                            .elastic("WHY");
            for (var attempt : history) {
                table.row(
                        attempt.number(),
                        ago(attempt.endedAt()),
                        attempt.failure().code(),
                        attempt.failure().message());
            }
            table.print();
        }
    }

    @Command(
            name = "retry",
            description = {
                "Repeats runs as new runs, and takes their letters away.",
                "A new run goes on where the old one failed, unless it is to be fresh."
            })
    static final class Retry extends RemoteCommand {

        @Parameters(paramLabel = "RUN", arity = "0..*")
        List<String> runs = List.of();

        @Option(names = "--job", paramLabel = "JOB", description = "All of this job.")
        @Nullable String job;

        @Option(names = "--all", description = "All of them.")
        boolean all;

        @Option(names = "--poisoned", description = "Only those that workers died of.")
        boolean poisoned;

        @Option(
                names = "--fresh",
                description = "From the beginning, without the steps that were completed.")
        boolean fresh;

        Retry(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var many = all || job != null;
            if (many == !runs.isEmpty() || (all && job != null) || (poisoned && !many)) {
                throw CommandFailure.usage("name runs, or say --job JOB or --all");
            }
            if (runs.size() == 1) {
                return show(
                        retry(remote, runs.getFirst()),
                        RunView.class,
                        repeated -> say(RunsCommands.describe(this, repeated)));
            }
            var results = new LetterResults(this);
            if (many) {
                retryMany(remote, results);
            } else {
                for (var run : runs) {
                    results.add(run, () -> Remote.read(retry(remote, run), RunView.class).id());
                }
            }
            return results.show("retried");
        }

        private byte[] retry(Remote remote, String run) {
            return remote.post(remote.path("dead-letters", run, "retry"), new RetryBody(fresh));
        }

        private void retryMany(Remote remote, LetterResults results) {
            String cursor = null;
            do {
                var body =
                        new RetryLettersBody(
                                job, poisoned ? true : null, fresh ? true : null, PAGE, cursor);
                var answer =
                        Remote.read(
                                remote.post(remote.path("dead-letters") + ":retry", body),
                                RetriedView.class);
                results.add(answer.items());
                cursor = answer.nextCursor();
            } while (cursor != null);
        }
    }

    @Command(name = "drop", description = "Takes letters away; their runs stay as they ended.")
    static final class Drop extends RemoteCommand {

        @Parameters(paramLabel = "RUN", arity = "1..*")
        List<String> runs = List.of();

        Drop(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            if (runs.size() == 1) {
                var run = runs.getFirst();
                drop(remote, run);
                return show(
                        Json.write(new RetriedView.Item(run, null, null)),
                        RetriedView.Item.class,
                        dropped ->
                                say(
                                        "the dead letter of run %s is gone"
                                                .formatted(dropped.letter())));
            }
            var results = new LetterResults(this);
            for (var run : runs) {
                results.add(run, () -> drop(remote, run));
            }
            return results.show("dropped");
        }

        private static @Nullable String drop(Remote remote, String run) {
            remote.delete(remote.path("dead-letters", run));
            return null;
        }
    }
}
