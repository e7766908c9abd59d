package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.Problem;
import dev.kedge.api.RetriedView;
import dev.kedge.cli.terminal.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What became of several dead letters; one that is refused does not hinder the others. */
final class LetterResults {

    private final RemoteCommand command;
    private final List<RetriedView.Item> items = new ArrayList<>();

    LetterResults(RemoteCommand command) {
        this.command = command;
    }

    void add(List<RetriedView.Item> more) {
        items.addAll(more);
    }

    /** Does something about a letter, and keeps the new run, if there is one, or the refusal. */
    void add(String letter, Supplier<@Nullable String> action) {
        try {
            items.add(new RetriedView.Item(letter, action.get(), null));
        } catch (CommandFailure failure) {
            var json = failure.json();
            if (json == null || failure.exitCode() == ExitCode.UNREACHABLE) {
                throw failure;
            }
            items.add(new RetriedView.Item(letter, null, Json.answer(json, Problem.class)));
        }
    }

    /** Prints them all; ends with the code of the first refusal. */
    int show(String verb) {
        var refused = items.stream().filter(item -> item.problem() != null).toList();
        var done = items.size() - refused.size();
        if (command.json) {
            command.raw(Json.write(new RetriedView(done, refused.size(), items, null)));
        } else {
            items.forEach(this::print);
            command.say(
                    "%d %s%s"
                            .formatted(
                                    done,
                                    verb,
                                    refused.isEmpty()
                                            ? ""
                                            : ", %d refused".formatted(refused.size())));
        }
        return refused.stream()
                .map(RetriedView.Item::problem)
                .mapToInt(problem -> problem == null ? 0 : ExitCode.ofStatus(problem.status()))
                .findFirst()
                .orElse(ExitCode.DONE);
    }

    private void print(RetriedView.Item item) {
        var problem = item.problem();
        if (problem != null) {
            command.terminal()
                    .err()
                    .println("%s: %s".formatted(item.letter(), Texts.line(problem.detail())));
        } else if (item.run() != null) {
            command.say("run %s repeats %s".formatted(item.run(), item.letter()));
        }
    }
}
