package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_ADMIN;
import static dev.kedge.model.Permission.Act.JOBS_READ;

import dev.kedge.api.RawJson;
import dev.kedge.api.TriggerBody;
import dev.kedge.api.TriggerChangeBody;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import dev.kedge.engine.Engine;
import dev.kedge.model.EventTrigger;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Standing reasons for runs of a job. */
final class TriggerRoutes {

    private static final String TRIGGERS = "/v1/namespaces/{ns}/jobs/{job}/triggers";
    private static final String TRIGGER = TRIGGERS + "/{id}";

    private final Engine engine;

    TriggerRoutes(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                TRIGGERS,
                                "Lists the triggers of a job, oldest first",
                                TriggersView.class,
                                this::list)
                        .needs(JOBS_READ),
                Route.post(
                                TRIGGERS,
                                "Starts a run of the job for each event of a topic",
                                TriggerBody.class,
                                Wait.MATCH_BYTES_MAX + Route.SMALL_BODY_BYTES_MAX,
                                TriggerView.class,
                                this::create)
                        .creating()
                        .needs(JOBS_ADMIN),
                Route.patch(
                                TRIGGER,
                                "Enables a trigger, or disables it",
                                TriggerChangeBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                TriggerView.class,
                                this::change)
                        .needs(JOBS_ADMIN),
                Route.delete(TRIGGER, "Removes a trigger", this::remove).needs(JOBS_ADMIN));
    }

    private void list(Call call) {
        var job = call.as(engine).jobs(call.namespace()).get(call.job()).name();
        var triggers = call.as(engine).events(call.namespace()).triggers(job);
        call.answer(new TriggersView(triggers.stream().map(TriggerRoutes::view).toList()));
    }

    private void create(Call call) throws Exception {
        var job = call.job();
        var body = call.body(TriggerBody.class);
        var trigger =
                call.as(engine)
                        .events(call.namespace())
                        .addTrigger(job, new Topic(body.topic()), match(body.match()));
        call.answer(view(trigger));
    }

    private void change(Call call) throws Exception {
        var trigger = call.trigger();
        var enabled = call.body(TriggerChangeBody.class).enabled();
        call.answer(
                view(
                        call.as(engine)
                                .events(call.namespace())
                                .enableTrigger(call.job(), trigger, enabled)));
    }

    private void remove(Call call) {
        call.as(engine).events(call.namespace()).removeTrigger(call.job(), call.trigger());
        call.answerNothing();
    }

    /** Null, said aloud, is what is said by leaving it out: any payload. */
    private static @Nullable Payload match(@Nullable RawJson json) {
        return json == null || json.equals(RawJson.NULL) ? null : Payload.ofJson(json.bytes());
    }

    private static TriggerView view(EventTrigger trigger) {
        return new TriggerView(
                trigger.id().toString(),
                trigger.job().value(),
                TriggerBody.Kind.EVENT.name().toLowerCase(Locale.ROOT),
                trigger.topic().value(),
                RunWords.raw(trigger.match()),
                trigger.enabled(),
                trigger.createdAt(),
                trigger.lastTriggeredAt());
    }
}
