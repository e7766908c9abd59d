package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.TriggerBody;
import dev.kedge.api.TriggerChangeBody;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import dev.kedge.cli.terminal.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge triggers …} */
final class TriggersCommands {

    private TriggersCommands() {}

    @Command(
            name = "create",
            description = "Starts a run of a job for each event of a topic.",
            footer = {
                "",
                "Example: kedge triggers create ship --topic order.paid --match '{\"express\": true}'"
            })
    static final class Create extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        @Option(names = "--topic", paramLabel = "TOPIC", required = true)
        String topic = "";

        @Option(
                names = "--match",
                paramLabel = "@FILE|JSON|-",
                description = "What an event's payload must contain (anything).")
        @Nullable String match;

        Create(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var contained = match == null ? null : Input.json("--match", match, around().in());
            return show(
                    remote.post(
                            remote.path("jobs", job, "triggers"),
                            TriggerBody.event(topic, contained)),
                    TriggerView.class,
                    made ->
                            say(
                                    "trigger %s starts %s for each event on %s%s"
                                            .formatted(
                                                    made.id(),
                                                    made.job(),
                                                    made.topic(),
                                                    made.match() == null
                                                            ? ""
                                                            : " that contains "
                                                                    + RunsJournal.cut(
                                                                            made.match()))));
        }
    }

    @Command(name = "list", description = "The triggers of a job, oldest first.")
    static final class ListThem extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("jobs", job, "triggers")),
                    TriggersView.class,
                    this::print);
        }

        private void print(TriggersView triggers) {
            if (triggers.items().isEmpty()) {
                say("No triggers. Make one: kedge triggers create %s --topic TOPIC".formatted(job));
                return;
            }
            var table =
                    new Table(terminal())
                            .text("TRIGGER")
                            .text("KIND")
                            .elastic("TOPIC")
                            .elastic("MATCH")
                            .text("STATUS")
                            .text("LAST");
            for (var trigger : triggers.items()) {
                table.row(
                        trigger.id(),
                        trigger.kind(),
                        trigger.topic(),
                        trigger.match() == null ? "-" : RunsJournal.cut(trigger.match()),
                        trigger.enabled() ? "enabled" : "disabled",
                        ago(trigger.lastTriggeredAt()));
            }
            table.print();
        }
    }

    @Command(name = "delete", description = "Removes a trigger.")
    static final class Delete extends RemoteCommand {

        @Parameters(index = "0", paramLabel = "JOB")
        String job = "";

        @Parameters(index = "1", paramLabel = "TRIGGER")
        String trigger = "";

        Delete(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete(remote.path("jobs", job, "triggers", trigger));
            return show(
                    Json.write(new Deleted(trigger)),
                    Deleted.class,
                    gone -> say("trigger %s is gone".formatted(gone.deleted())));
        }
    }

    @Command(name = "enable", description = "Lets a trigger start runs again.")
    static final class Enable extends Change {
        Enable(Surroundings around) {
            super(around, true);
        }
    }

    @Command(name = "disable", description = "Keeps a trigger from starting runs.")
    static final class Disable extends Change {
        Disable(Surroundings around) {
            super(around, false);
        }
    }

    /** What {@code --json} prints where the API answers nothing. */
    record Deleted(String deleted) {}

    abstract static class Change extends RemoteCommand {

        @Parameters(index = "0", paramLabel = "JOB")
        String job = "";

        @Parameters(index = "1", paramLabel = "TRIGGER")
        String trigger = "";

        private final boolean enabled;

        Change(Surroundings around, boolean enabled) {
            super(around);
            this.enabled = enabled;
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.patch(
                            remote.path("jobs", job, "triggers", trigger),
                            new TriggerChangeBody(enabled)),
                    TriggerView.class,
                    changed ->
                            say(
                                    "trigger %s is %s"
                                            .formatted(
                                                    changed.id(),
                                                    changed.enabled() ? "enabled" : "disabled")));
        }
    }
}
