package dev.kedge.cli;

import dev.kedge.api.RawJson;
import dev.kedge.api.RunView;
import dev.kedge.api.WaitView;
import dev.kedge.cli.terminal.Texts;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs, for people. */
final class RunPrinter {

    private static final int PAYLOAD_CHARS_MAX = 2_000;
    private static final int WAITS_MAX = 5;

    private final RemoteCommand command;

    RunPrinter(RemoteCommand command) {
        this.command = command;
    }

    /**
     * @param waits what it sleeps for
     */
    void details(RunView run, List<WaitView> waits) {
        var details = new Details(command.terminal());
        details.put("run", command.style().bold(run.id()));
        details.put("job", Texts.line(run.job()));
        details.put("state", command.style().state(run.state()));
        details.put("attempt", run.attempt() == 0 ? null : attempts(run));
        details.put("created", command.ago(run.createdAt()));
        details.put("due", "pending".equals(run.state()) ? run.dueAt() : null);
        details.put("waits for", waits(waits));
        details.put("took", took(run));
        details.put("progress", progress(run.progress()));
        details.put("worker", run.worker());
        details.put("queue", "%s, priority %d".formatted(run.queue(), run.priority()));
        details.put("key", line(run.key()));
        details.put("tags", Texts.line(String.join(", ", run.tags())));
        details.put("origin", run.origin());
        details.put("parent", run.parent());
        details.put("event", run.event());
        details.put("trigger", run.trigger());
        details.put("cancel asked", run.cancelRequestedAt());
        details.put("cancelled", line(run.cancelReason()));
        details.put("payload", shortened(run.payload()));
        details.put("metadata", shortened(run.metadata()));
        details.put("result", shortened(run.result()));
        details.print();
        failure(run.failure()).forEach(command::say);
    }

    /** How a run ended: its result on standard output, anything else on standard error. */
    void ending(RunView run) {
        var err = command.terminal().err();
        switch (run.state()) {
            case "completed" -> {
                err.println(
                        "%s  run %s, attempt %d, %s"
                                .formatted(
                                        command.style().green("completed"),
                                        run.id(),
                                        run.attempt(),
                                        took(run)));
                var result = run.result();
                command.say(Texts.lines(result == null ? "null" : result.text()));
            }
            case "cancelled" ->
                    err.println(
                            "%s  run %s%s"
                                    .formatted(
                                            command.style().yellow("cancelled"),
                                            run.id(),
                                            run.cancelReason() == null
                                                    ? ""
                                                    : ": " + Texts.line(run.cancelReason())));
            default -> {
                err.println(
                        "%s  run %s, attempt %d"
                                .formatted(
                                        command.style().red(run.state()), run.id(), run.attempt()));
                failure(run.failure()).forEach(err::println);
            }
        }
    }

    /** What a run waits for, in words: an event, another run, a time. */
    static String wait(WaitView wait) {
        var until = wait.wakeAt() == null ? "" : "until " + wait.wakeAt();
        var what = what(wait);
        var end = wait.over() ? " (over)" : "";
        return what + (what.isEmpty() || until.isEmpty() ? "" : ", at most ") + until + end;
    }

    private static String what(WaitView wait) {
        if (wait.topic() != null) {
            return "an event on " + Texts.line(wait.topic());
        }
        return wait.child() == null ? "" : "run " + wait.child();
    }

    private static String waits(List<WaitView> waits) {
        var first =
                waits.stream()
                        .limit(WAITS_MAX)
                        .map(RunPrinter::wait)
                        .collect(Collectors.joining("; "));
        return waits.size() <= WAITS_MAX
                ? first
                : "%s; and %d more".formatted(first, waits.size() - WAITS_MAX);
    }

    List<String> failure(RunView.@Nullable FailureView failure) {
        if (failure == null) {
            return List.of();
        }
        var type = failure.type() == null ? "" : Texts.line(failure.type()) + ": ";
        var head =
                "%s  %s%s"
                        .formatted(
                                command.style().red(failure.code()),
                                type,
                                Texts.lines(failure.message()));
        return failure.stack() == null
                ? List.of(head)
                : List.of(head, command.style().faint(Texts.lines(failure.stack()).strip()));
    }

    private static String attempts(RunView run) {
        return "%d%s%s"
                .formatted(
                        run.attempt(),
                        run.failures() == 0 ? "" : ", %d failed".formatted(run.failures()),
                        run.losses() == 0 ? "" : ", %d lost their worker".formatted(run.losses()));
    }

    private static String took(RunView run) {
        if (run.startedAt() == null || run.endedAt() == null) {
            return "";
        }
        var took = Duration.between(run.startedAt(), run.endedAt());
        return took(took);
    }

    static String took(Duration took) {
        return took.compareTo(Duration.ofSeconds(10)) < 0
                ? "%d ms".formatted(took.toMillis())
                : Texts.span(took);
    }

    static String progress(RunView.@Nullable ProgressView progress) {
        if (progress == null) {
            return "";
        }
        var percent = progress.percent() == null ? "" : "%.0f %%".formatted(progress.percent());
        var message = progress.message() == null ? "" : Texts.line(progress.message());
        return percent.isEmpty() || message.isEmpty()
                ? percent + message
                : percent + "  " + message;
    }

    private static @Nullable String line(@Nullable String text) {
        return text == null ? null : Texts.line(text);
    }

    static @Nullable String shortened(@Nullable RawJson json) {
        return json == null ? null : Texts.fit(Texts.line(json.text()), PAYLOAD_CHARS_MAX);
    }
}
