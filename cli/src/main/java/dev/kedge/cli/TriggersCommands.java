package dev.kedge.cli;

import dev.kedge.api.DecisionPage;
import dev.kedge.api.Json;
import dev.kedge.api.PreviewView;
import dev.kedge.api.RawJson;
import dev.kedge.api.TriggerBody;
import dev.kedge.api.TriggerBody.Kind;
import dev.kedge.api.TriggerBody.Missed;
import dev.kedge.api.TriggerBody.OnOverlap;
import dev.kedge.api.TriggerChangeBody;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import dev.kedge.cli.terminal.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge triggers …} */
final class TriggersCommands {

    private TriggersCommands() {}

    @Command(
            name = "create",
            description = "Starts runs of a job for events of a topic, or by the clock.",
            footer = {
                "",
                "Examples:",
                "  kedge triggers create ship --topic order.paid --match '{\"express\": true}'",
                "  kedge triggers create report --schedule '30 2 * * MON-FRI' --zone Europe/Berlin",
                "  kedge triggers create poll --schedule 'every 90s' --overlap allow"
            })
    static final class Create extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        @ArgGroup(multiplicity = "1")
        Reason reason = new Reason();

        @Option(
                names = "--match",
                paramLabel = "@FILE|JSON|-",
                description = "What an event's payload must contain (anything).")
        @Nullable String match;

        @Option(
                names = "--zone",
                paramLabel = "ZONE",
                description = "Whose clocks a schedule is read by (UTC).")
        @Nullable String zone;

        @Option(
                names = "--overlap",
                paramLabel = "skip|allow|queue|cancelRunning",
                description = "While an earlier run has not ended (skip).",
                converter = OverlapReader.class)
        @Nullable OnOverlap overlap;

        @Option(
                names = "--catch-up",
                paramLabel = "none|last|all",
                description = "Which of the times that were missed start a run (last).",
                converter = MissedReader.class)
        @Nullable Missed catchUp;

        @Option(
                names = "--payload",
                paramLabel = "@FILE|JSON|-",
                description = "What each run by the clock gets ({}).")
        @Nullable String payload;

        Create(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(remote.path("jobs", job, "triggers"), body()),
                    TriggerView.class,
                    made ->
                            say(
                                    "trigger %s starts %s %s"
                                            .formatted(made.id(), made.job(), reason(made))));
        }

        private TriggerBody body() {
            return new TriggerBody(
                    reason.topic == null ? Kind.CRON : Kind.EVENT,
                    reason.topic,
                    json("--match", match),
                    reason.schedule,
                    zone,
                    overlap,
                    catchUp,
                    json("--payload", payload));
        }

        private @Nullable RawJson json(String option, @Nullable String given) {
            return given == null ? null : Input.json(option, given, around().in());
        }
    }

    /** What starts the runs: one of the two. */
    static final class Reason {

        @Option(names = "--topic", paramLabel = "TOPIC", description = "One for each event on it.")
        @Nullable String topic;

        @Option(
                names = "--schedule",
                paramLabel = "CRON",
                description = "A cron expression, a word like @daily, or 'every 90s'.")
        @Nullable String schedule;
    }

    static final class OverlapReader implements ITypeConverter<OnOverlap> {
        @Override
        public OnOverlap convert(String word) {
            return Words.read(OnOverlap.class, word);
        }
    }

    static final class MissedReader implements ITypeConverter<Missed> {
        @Override
        public Missed convert(String word) {
            return Words.read(Missed.class, word);
        }
    }

    private static String reason(TriggerView trigger) {
        if (trigger.schedule() != null) {
            return "%s (%s)".formatted(trigger.schedule(), trigger.zone());
        }
        return "for each event on %s%s"
                .formatted(
                        trigger.topic(),
                        trigger.match() == null
                                ? ""
                                : " that contains " + RunsJournal.cut(trigger.match()));
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
                say(
                        "No triggers. Make one: kedge triggers create %s --topic TOPIC, or --schedule CRON"
                                .formatted(job));
                return;
            }
            var table =
                    new Table(terminal())
                            .text("TRIGGER")
                            .text("KIND")
                            .elastic("STARTS IT")
                            .text("STATUS")
                            .text("LAST")
                            .text("NEXT");
            for (var trigger : triggers.items()) {
                table.row(
                        trigger.id(),
                        trigger.kind(),
                        reason(trigger),
                        trigger.enabled() ? "enabled" : "disabled",
                        ago(trigger.lastTriggeredAt()),
                        trigger.nextAt() == null ? "-" : trigger.nextAt().toString());
            }
            table.print();
        }
    }

    @Command(
            name = "preview",
            description = "Says when a schedule will be due, by the clocks of its zone.",
            footer = {
                "",
                "Example: kedge triggers preview --schedule '30 2 * * *' --zone Europe/Berlin"
            })
    static final class Preview extends RemoteCommand {

        @Option(names = "--schedule", paramLabel = "CRON", required = true)
        String schedule = "";

        @Option(names = "--zone", paramLabel = "ZONE", description = "Whose clocks (UTC).")
        @Nullable String zone;

        @Option(
                names = "--after",
                paramLabel = "TIME",
                description = "Only later than this, like 2027-03-27T00:00:00Z (now).")
        @Nullable String after;

        @Option(names = "--count", paramLabel = "N", description = "So many (10).")
        @Nullable Integer count;

        Preview(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var query = new StringBuilder("?schedule=" + Remote.escaped(schedule));
            add(query, "zone", zone);
            add(query, "after", after);
            add(query, "limit", count);
            return show(
                    remote.get(remote.path("schedules", "preview") + query),
                    PreviewView.class,
                    this::print);
        }

        private static void add(StringBuilder query, String name, @Nullable Object value) {
            if (value != null) {
                query.append('&').append(name).append('=').append(Remote.escaped("" + value));
            }
        }

        private void print(PreviewView preview) {
            var table = new Table(terminal()).text("UTC").elastic(preview.zone());
            preview.items().forEach(slot -> table.row(slot.at().toString(), slot.words()));
            table.print();
        }
    }

    @Command(name = "decisions", description = "What became of a schedule's times, newest first.")
    static final class Decisions extends RemoteCommand {

        @Parameters(index = "0", paramLabel = "JOB")
        String job = "";

        @Parameters(index = "1", paramLabel = "TRIGGER")
        String trigger = "";

        @Mixin PageOptions page = new PageOptions();

        Decisions(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(
                            remote.path("jobs", job, "triggers", trigger, "decisions")
                                    + page.query()),
                    DecisionPage.class,
                    this::print);
        }

        private void print(DecisionPage decisions) {
            if (decisions.items().isEmpty()) {
                say("Nothing was due yet.");
                return;
            }
            var table = new Table(terminal()).text("SLOT").elastic("DECISION");
            decisions.items().forEach(slot -> table.row(slot.slot().toString(), slot.words()));
            table.print();
            page.sayNext(this, decisions.nextCursor());
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
