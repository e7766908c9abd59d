package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_ADMIN;
import static dev.kedge.model.Permission.Act.JOBS_READ;
import static java.util.Objects.requireNonNullElse;

import dev.kedge.api.DecisionPage;
import dev.kedge.api.PreviewView;
import dev.kedge.api.TriggerBody;
import dev.kedge.api.TriggerChangeBody;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Triggers;
import dev.kedge.model.RunFilter;
import dev.kedge.model.Schedule;
import dev.kedge.model.Wait;
import java.time.ZoneOffset;
import java.util.List;

/** Standing reasons for runs of a job. */
final class TriggerRoutes {

    private static final String TRIGGERS = "/v1/namespaces/{ns}/jobs/{job}/triggers";
    private static final String TRIGGER = TRIGGERS + "/{id}";

    private static final int PREVIEW_NORMAL = 10;
    private static final int PREVIEW_MAX = 500;

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
                                "Starts runs of the job for events of a topic, or by the clock",
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
                Route.delete(TRIGGER, "Removes a trigger", this::remove).needs(JOBS_ADMIN),
                Route.get(
                                TRIGGER + "/decisions",
                                "Lists what became of a schedule's times, newest first",
                                DecisionPage.class,
                                this::decisions)
                        .taking("limit", "cursor")
                        .needs(JOBS_READ),
                Route.get(
                                "/v1/namespaces/{ns}/schedules/preview",
                                "Says when a schedule would be due next",
                                PreviewView.class,
                                this::preview)
                        .taking("schedule", "zone", "after", "limit")
                        .needs(JOBS_READ));
    }

    private Triggers triggers(Call call) {
        return call.as(engine).triggers(call.namespace());
    }

    private void list(Call call) {
        var job = call.as(engine).jobs(call.namespace()).get(call.job()).name();
        call.answer(
                new TriggersView(
                        triggers(call).list(job).stream().map(TriggerWords::view).toList()));
    }

    private void create(Call call) throws Exception {
        var job = call.job();
        var body = call.body(TriggerBody.class);
        var made =
                switch (body.kind()) {
                    case EVENT ->
                            triggers(call)
                                    .onEvent(
                                            job,
                                            TriggerWords.topic(body),
                                            TriggerWords.match(body.match()));
                    case CRON -> triggers(call).onSchedule(job, TriggerWords.timetable(body));
                };
        call.answer(TriggerWords.view(made));
    }

    private void change(Call call) throws Exception {
        var trigger = call.trigger();
        var enabled = call.body(TriggerChangeBody.class).enabled();
        call.answer(TriggerWords.view(triggers(call).enable(call.job(), trigger, enabled)));
    }

    private void remove(Call call) {
        triggers(call).remove(call.job(), call.trigger());
        call.answerNothing();
    }

    private void decisions(Call call) {
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var found =
                triggers(call)
                        .decisions(
                                call.job(),
                                call.trigger(),
                                call.query("cursor", Cursors::slot),
                                limit);
        call.answer(
                new DecisionPage(
                        found.stream().map(TriggerWords::view).toList(),
                        found.size() < limit ? null : Cursors.of(found.getLast().slot())));
    }

    private void preview(Call call) {
        var zone = requireNonNullElse(call.query("zone", Schedule::zone), ZoneOffset.UTC);
        var schedule = call.query("schedule", text -> Schedule.parse(text, zone));
        if (schedule == null) {
            throw Refused.query("schedule", "is wanted, like ?schedule=@daily");
        }
        var slots =
                triggers(call)
                        .preview(
                                schedule,
                                call.time("after"),
                                call.limit(PREVIEW_NORMAL, PREVIEW_MAX));
        call.answer(
                new PreviewView(
                        schedule.text(),
                        zone.getId(),
                        slots.stream().map(slot -> TriggerWords.view(slot, zone)).toList()));
    }
}
