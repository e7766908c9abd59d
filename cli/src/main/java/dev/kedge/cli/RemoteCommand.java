package dev.kedge.cli;

import dev.kedge.cli.terminal.Style;
import dev.kedge.cli.terminal.Terminal;
import dev.kedge.cli.terminal.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that asks a server. */
abstract class RemoteCommand implements Callable<Integer> {

    private final Surroundings around;

    @Mixin private final Target target = new Target();

    @Option(names = "--json", description = "Print the API's JSON on standard output.")
    boolean json;

    RemoteCommand(Surroundings around) {
        this.around = around;
    }

    /** Does what the command is for; returns an {@link ExitCode}. */
    abstract int run(Remote remote);

    @Override
    public final Integer call() {
        try (var remote = target.remote(around)) {
            return run(remote);
        } catch (CommandFailure failure) {
            var problem = failure.json();
            if (json && problem != null) {
                raw(problem);
            }
            throw failure;
        }
    }

    final Surroundings around() {
        return around;
    }

    final Terminal terminal() {
        return around.terminal();
    }

    final Style style() {
        return around.terminal().style();
    }

    /** Prints the answer as it is, or as people read it. */
    final <T> int show(byte[] answer, Class<T> type, Consumer<T> forPeople) {
        if (json) {
            raw(answer);
        } else {
            forPeople.accept(Remote.read(answer, type));
        }
        return ExitCode.DONE;
    }

    final void raw(byte[] answer) {
        try {
            terminal().out().write(answer);
            terminal().out().println();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final void say(String line) {
        terminal().out().println(line);
    }

    /** How long ago, for a table. */
    final String ago(@Nullable Instant time) {
        return time == null
                ? "-"
                : Texts.span(Duration.between(time, around.clock().instant())) + " ago";
    }

    /** How one would call this program again, against the same server. */
    final String again(String command) {
        var line = new StringBuilder("kedge ").append(command);
        if (target.url != null) {
            line.append(" --url ").append(target.url);
        }
        if (target.namespace != null) {
            line.append(" --namespace ").append(target.namespace);
        }
        return line.toString();
    }
}
