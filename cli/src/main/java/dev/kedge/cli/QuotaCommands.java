package dev.kedge.cli;

import dev.kedge.api.NamespaceQuotaBody;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kedge quota …} */
final class QuotaCommands {

    private QuotaCommands() {}

    private static String path(Remote remote) {
        return remote.path("quota");
    }

    @Command(name = "show", description = "How much the namespace may take up.")
    static final class Show extends RemoteCommand {

        Show(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(path(remote)),
                    NamespaceQuotaBody.class,
                    quota -> print(this, quota));
        }
    }

    @Command(
            name = "set",
            description = {
                "Sets how much the namespace may take up; submissions beyond it are refused.",
                "What is not given is not limited."
            })
    static final class Set extends RemoteCommand {

        @Option(
                names = "--max-pending",
                paramLabel = "RUNS",
                description = "How many runs may be waiting to start.")
        @Nullable Integer maxPending;

        @Option(
                names = "--max-concurrent",
                paramLabel = "RUNS",
                description = "How many runs may be pending or running.")
        @Nullable Integer maxConcurrent;

        @Option(
                names = "--max-per-minute",
                paramLabel = "RUNS",
                description = "How many runs may be submitted in a minute.")
        @Nullable Integer maxPerMinute;

        Set(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.put(
                            path(remote),
                            new NamespaceQuotaBody(maxPending, maxConcurrent, maxPerMinute)),
                    NamespaceQuotaBody.class,
                    quota -> print(this, quota));
        }
    }

    private static void print(RemoteCommand command, NamespaceQuotaBody quota) {
        command.say("pending      " + orAny(quota.maxPending()));
        command.say("concurrent   " + orAny(quota.maxConcurrent()));
        command.say("per minute   " + orAny(quota.maxPerMinute()));
    }

    private static String orAny(@Nullable Integer max) {
        return max == null ? "any number" : "at most %,d".formatted(max);
    }
}
