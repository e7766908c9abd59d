package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_READ;
import static dev.kedge.model.Permission.Act.JOBS_WRITE;

import dev.kedge.api.EventBody;
import dev.kedge.api.EventPage;
import dev.kedge.api.EventView;
import dev.kedge.api.PublishedView;
import dev.kedge.api.RawJson;
import dev.kedge.engine.Engine;
import dev.kedge.model.Event;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import java.util.List;
import java.util.Objects;

/** Publishing events, and seeing what became of them. */
final class EventRoutes {

    private static final String EVENTS = "/v1/namespaces/{ns}/events";

    private final Engine engine;
    private final ServerConfig config;

    EventRoutes(Engine engine, ServerConfig config) {
        this.engine = engine;
        this.config = config;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                EVENTS,
                                "Publishes an event",
                                EventBody.class,
                                config.bodyBytesMax(),
                                PublishedView.class,
                                this::publish)
                        .creating()
                        .needs(JOBS_WRITE),
                Route.get(
                                EVENTS,
                                "Lists events, newest first, with the runs that each one started",
                                EventPage.class,
                                this::list)
                        .taking("topic", "consumed", "limit", "cursor")
                        .needs(JOBS_READ));
    }

    private void publish(Call call) throws Exception {
        var namespace = call.namespace();
        var body = call.body(EventBody.class);
        var payload = RunWords.payload(body.payload(), config.payloadBytesMax());
        var id = call.as(engine).events(namespace).publish(new Topic(body.topic()), payload);
        call.answer(new PublishedView(id.toString()));
    }

    private void list(Call call) {
        var page =
                call.as(engine)
                        .events(call.namespace())
                        .list(
                                call.query("topic", Topic::new),
                                call.flag("consumed"),
                                call.query("cursor", Cursors::event),
                                call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX));
        call.answer(
                new EventPage(
                        page.items().stream().map(EventRoutes::view).toList(),
                        page.next() == null ? null : Cursors.of(page.next())));
    }

    private static EventView view(Event event) {
        return new EventView(
                event.id().toString(),
                event.topic().value(),
                RawJson.of(event.payload().bytes()),
                Objects.toString(event.emittedBy(), null),
                event.publishedAt(),
                event.consumedAt(),
                event.started().stream().map(RunId::toString).toList());
    }
}
