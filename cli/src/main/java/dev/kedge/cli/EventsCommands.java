package dev.kedge.cli;

import dev.kedge.api.EventBody;
import dev.kedge.api.EventPage;
import dev.kedge.api.EventView;
import dev.kedge.api.PublishedView;
import dev.kedge.cli.terminal.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge events …} */
final class EventsCommands {

    private EventsCommands() {}

    @Command(
            name = "send",
            description = "Publishes an event: runs that wait for it go on, triggers start runs.",
            footer = {"", "Example: kedge events send order.paid --payload '{\"order\": 7}'"})
    static final class Send extends RemoteCommand {

        @Parameters(paramLabel = "TOPIC")
        String topic = "";

        @Option(
                names = {"-p", "--payload"},
                paramLabel = "@FILE|JSON|-",
                description = "What is to be known about it (null).")
        @Nullable String payload;

        Send(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var body =
                    new EventBody(
                            topic,
                            payload == null
                                    ? null
                                    : Input.json("--payload", payload, around().in()));
            return show(
                    remote.post(remote.path("events"), body),
                    PublishedView.class,
                    published ->
                            say("event %s was published on %s".formatted(published.id(), topic)));
        }
    }

    @Command(name = "list", description = "The events, newest first, and the runs they started.")
    static final class ListThem extends RemoteCommand {

        @Option(names = "--topic", paramLabel = "TOPIC", description = "On this topic only.")
        @Nullable String topic;

        @Option(
                names = "--consumed",
                arity = "1",
                paramLabel = "true|false",
                description = "Only those that reached somebody, or only those that did not.")
        @Nullable Boolean consumed;

        @Mixin private final PageOptions page = new PageOptions();

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var query = page.query(Remote.part("topic", topic), Remote.part("consumed", consumed));
            return show(remote.get(remote.path("events") + query), EventPage.class, this::print);
        }

        private void print(EventPage events) {
            if (events.items().isEmpty()) {
                say("No events. Publish one: kedge events send TOPIC --payload '{}'");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("EVENT")
                            .elastic("TOPIC")
                            .text("PUBLISHED")
                            .text("CONSUMED")
                            .text("STARTED")
                            .elastic("PAYLOAD");
            for (var event : events.items()) {
                table.row(
                        event.id(),
                        event.topic(),
                        ago(event.publishedAt()),
                        event.consumedAt() == null ? "no" : "yes",
                        started(event),
                        RunsJournal.cut(event.payload()));
            }
            table.print();
            page.sayNext(this, events.nextCursor());
        }

        private static String started(EventView event) {
            var runs = event.started();
            return switch (runs.size()) {
                case 0 -> "-";
                case 1 -> runs.getFirst();
                default -> "%s and %d more".formatted(runs.getFirst(), runs.size() - 1);
            };
        }
    }
}
