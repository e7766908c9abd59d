package dev.kedge.cli;

import dev.kedge.api.EntryView;
import dev.kedge.api.RawJson;
import dev.kedge.api.StateView;
import dev.kedge.api.StepPage;
import dev.kedge.api.WaitView;
import dev.kedge.cli.terminal.Table;
import dev.kedge.cli.terminal.Texts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kedge runs steps} and {@code kedge runs state} */
final class RunsJournal {

    private static final int VALUE_CHARS_MAX = 200;

    private RunsJournal() {}

    @Command(
            name = "steps",
            description = "What a run has done, oldest first, and what it waits for.")
    static final class Steps extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        @Mixin private final PageOptions page = new PageOptions();

        Steps(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var answer = remote.get(remote.path("runs", run, "steps") + page.query());
            return show(answer, StepPage.class, this::print);
        }

        private void print(StepPage steps) {
            var waits = steps.waits() == null ? List.<WaitView>of() : steps.waits();
            if (steps.items().isEmpty() && waits.isEmpty()) {
                say("No steps. A handler makes one with ctx.step(name, code).");
                return;
            }
            var table =
                    new Table(terminal())
                            .elastic("PATH")
                            .text("KIND")
                            .number("ATTEMPT")
                            .number("TRIES")
                            .number("TOOK")
                            .elastic("OUTPUT");
            for (var entry : steps.items()) {
                table.row(
                        entry.path(),
                        entry.kind(),
                        entry.attempt(),
                        entry.tries(),
                        RunPrinter.took(Duration.between(entry.startedAt(), entry.endedAt())),
                        output(entry));
            }
            for (var wait : waits) {
                table.row(wait.path(), wait.kind(), "", "", "", waiting(wait));
            }
            table.print();
            page.sayNext(this, steps.nextCursor());
        }

        private static String waiting(WaitView wait) {
            var what = RunPrinter.wait(wait);
            return what.startsWith("until") ? "sleeps " + what : "waits for " + what;
        }

        private static String output(EntryView entry) {
            var failure = entry.failure();
            if (failure == null) {
                return cut(entry.output());
            }
            var again = entry.position() == null ? ", to be tried again" : "";
            return "%s%s: %s".formatted(failure.code(), again, failure.message());
        }
    }

    @Command(name = "state", description = "A run's own values.")
    static final class State extends RemoteCommand {

        @Parameters(paramLabel = "RUN")
        String run = "";

        State(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("runs", run, "state")), StateView.class, this::print);
        }

        private void print(StateView state) {
            if (state.items().isEmpty()) {
                say("No state. A handler keeps a value with ctx.state.set(key, value).");
                return;
            }
            var table = new Table(terminal()).elastic("KEY").text("SET").elastic("VALUE");
            for (var item : state.items()) {
                table.row(item.key(), ago(item.updatedAt()), cut(item.value()));
            }
            table.print();
        }
    }

    static String cut(@Nullable RawJson json) {
        return json == null ? "" : Texts.fit(Texts.line(json.text()), VALUE_CHARS_MAX);
    }
}
