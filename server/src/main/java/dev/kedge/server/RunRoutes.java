package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_READ;
import static dev.kedge.model.Permission.Act.JOBS_WRITE;

import dev.kedge.api.AttemptsView;
import dev.kedge.api.BatchBody;
import dev.kedge.api.BatchView;
import dev.kedge.api.Json;
import dev.kedge.api.RerunBody;
import dev.kedge.api.RetryBody;
import dev.kedge.api.RunBody;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Runs;
import dev.kedge.model.Enqueued;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.NewRun;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.QueueName;
import dev.kedge.model.Role;
import dev.kedge.model.Run;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** Submitting runs, watching them, and acting on them. */
final class RunRoutes {

    static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private static final String RUNS = "/v1/namespaces/{ns}/runs";
    private static final String RUN = RUNS + "/{id}";

    /** How long a waiting request goes without looking whether the server is stopping. */
    private static final Duration LOOK_UP = Duration.ofSeconds(1);

    private final Engine engine;
    private final ServerConfig config;
    private final Waiting waiting;

    RunRoutes(Engine engine, ServerConfig config, Waiting waiting) {
        this.engine = engine;
        this.config = config;
        this.waiting = waiting;
    }

    List<Route> routes() {
        var body = config.bodyBytesMax();
        return List.of(
                Route.post(
                                "/v1/namespaces/{ns}/jobs/{job}/runs",
                                "Submits a run",
                                RunBody.class,
                                body,
                                RunView.class,
                                this::enqueue)
                        .creating()
                        .needs(JOBS_WRITE),
                Route.post(
                                RUNS + ":batch",
                                "Submits many runs, each for itself or all or none",
                                BatchBody.class,
                                config.batchBodyBytesMax(),
                                BatchView.class,
                                this::batch)
                        .needs(JOBS_WRITE),
                Route.get(RUNS, "Lists runs, newest first", RunPage.class, this::list)
                        .taking(
                                "state",
                                "job",
                                "queue",
                                "tag",
                                "key",
                                "createdAfter",
                                "createdBefore",
                                "limit",
                                "cursor")
                        .needs(JOBS_READ),
                Route.get(
                                RUN,
                                "Shows a run, at once or as soon as it changes",
                                RunView.class,
                                this::show)
                        .taking("wait")
                        .needs(JOBS_READ),
                Route.get(
                                RUN + "/attempts",
                                "Lists the attempts that did not end the run",
                                AttemptsView.class,
                                this::attempts)
                        .needs(JOBS_READ),
                Route.post(RUN + "/cancel", "Asks a run to stop", RunView.class, this::cancel)
                        .needs(JOBS_WRITE),
                Route.post(RUN + "/terminate", "Ends a run now", RunView.class, this::terminate)
                        .needs(JOBS_WRITE),
                Route.post(
                                RUN + "/retry",
                                "Repeats a failed run as a new one, which inherits what was done"
                                        + " unless it is to be fresh",
                                RetryBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                RunView.class,
                                this::retry)
                        .creating()
                        .needs(JOBS_WRITE),
                Route.post(
                                RUN + "/rerun",
                                "Repeats an ended run as a new one, with another payload if given",
                                RerunBody.class,
                                body,
                                RunView.class,
                                this::rerun)
                        .creating()
                        .needs(JOBS_WRITE));
    }

    private void enqueue(Call call) throws Exception {
        var body = call.body(RunBody.class);
        var run = RunWords.toRun(call.job(), body, config.payloadBytesMax());
        answer(
                call,
                body.onBehalfOf() == null
                        ? runs(call).enqueue(run)
                        : enqueueFor(body.onBehalfOf(), run, call));
    }

    /** Submits a run that is somebody else's from the first moment, and writes down who did. */
    private Enqueued enqueueFor(RunBody.SomebodyBody somebody, NewRun run, Call call) {
        if (!call.principal().actsForOthers()) {
            throw Refused.because(
                    ErrorCode.FORBIDDEN, "only a service_role submits on behalf of others");
        }
        var other =
                new Identity(
                        new PrincipalId(somebody.principal()),
                        Objects.requireNonNullElse(somebody.role(), Role.AUTHENTICATED.name()),
                        somebody.email());
        var enqueued = call.onBehalfOf(engine, other).runs(call.namespace()).enqueue(run);
        engine.audit(call.namespace())
                .record(
                        call.principal().id(),
                        "run.submit",
                        enqueued.run().toString(),
                        Map.of("onBehalfOf", other.id().value(), "role", other.role()));
        return enqueued;
    }

    private void batch(Call call) throws Exception {
        var body = call.body(BatchBody.class);
        var batch = new Batch(runs(call), config.payloadBytesMax());
        call.answer(
                Boolean.TRUE.equals(body.atomic())
                        ? batch.enqueueAll(body.items())
                        : batch.enqueueEach(body.items()));
    }

    private void list(Call call) {
        var filter =
                new RunFilter(
                        states(call),
                        call.query("job", JobName::new),
                        call.query("queue", QueueName::new),
                        call.words("tag"),
                        call.words("key"),
                        call.time("createdAfter"),
                        call.time("createdBefore"),
                        call.query("cursor", Cursors::run),
                        call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX));
        var page = runs(call).list(filter);
        call.answer(
                new RunPage(
                        page.items().stream().map(RunWords::toListView).toList(),
                        page.next() == null ? null : Cursors.of(page.next())));
    }

    private void show(Call call) throws Exception {
        var wait = call.wait("wait", WAIT_MAX);
        var known = Tags.ofHeader(call.http().header("If-None-Match"));
        if (wait.isZero()) {
            answer(call, runs(call).get(call.run()), known);
        } else {
            waiting.with(waiter -> answerWhenChanged(waiter, wait, known), call);
        }
    }

    private void answerWhenChanged(Call call, Duration wait, Tags known) throws Exception {
        var runs = runs(call);
        var run = runs.get(call.run());
        var before = run;
        Predicate<Run> changed =
                known.isEmpty()
                        ? now -> !now.equals(before)
                        : now -> !known.contains(Json.write(RunWords.toView(now)));
        var left = wait;
        while (!run.state().isFinal()
                && !changed.test(run)
                && left.isPositive()
                && !waiting.isOver()) {
            var turn = left.compareTo(LOOK_UP) < 0 ? left : LOOK_UP;
            run = runs.await(run.id(), changed, turn);
            left = left.minus(turn);
            call.checkAgain();
            runs = runs(call);
        }
        answer(call, run, known);
    }

    private void attempts(Call call) {
        var runs = runs(call);
        var run = runs.get(call.run());
        call.answer(
                new AttemptsView(runs.attempts(run.id()).stream().map(RunWords::toView).toList()));
    }

    private void cancel(Call call) {
        call.answer(RunWords.toView(runs(call).cancel(call.run(), who(call))));
    }

    private void terminate(Call call) {
        call.answer(RunWords.toView(runs(call).terminate(call.run(), who(call))));
    }

    private static String who(Call call) {
        return call.principal().id().value();
    }

    private void retry(Call call) throws Exception {
        var fresh = Boolean.TRUE.equals(call.body(RetryBody.class).fresh());
        answer(call, runs(call).retry(call.run(), fresh));
    }

    private void rerun(Call call) throws Exception {
        var payload = call.body(RerunBody.class).payload();
        answer(
                call,
                runs(call)
                        .rerun(
                                call.run(),
                                payload == null
                                        ? null
                                        : RunWords.payload(payload, config.payloadBytesMax())));
    }

    private void answer(Call call, Enqueued enqueued) {
        answer(call, runs(call), enqueued);
    }

    /** Answers 201 with the run and where it is, or 200 where it was there before. */
    static void answer(Call call, Runs runs, Enqueued enqueued) {
        var run = RunWords.toView(runs.get(enqueued.run()));
        call.http()
                .header(
                        "Location",
                        "/v1/namespaces/%s/runs/%s".formatted(run.namespace(), run.id()));
        call.answer(enqueued.created() ? 201 : 200, run);
    }

    private void answer(Call call, Run run, Tags known) {
        var json = Json.write(RunWords.toView(run));
        call.http().header("ETag", Tags.of(json));
        if (known.contains(json)) {
            call.http().status(304);
        } else {
            call.http().contentType("application/json").result(json);
        }
    }

    private Runs runs(Call call) {
        return call.as(engine).runs(call.namespace());
    }

    /** Several states are given with commas in between. */
    private static Set<RunState> states(Call call) {
        var states =
                call.query(
                        "state",
                        words -> {
                            var found = new HashSet<RunState>();
                            for (var word : words.split(",", -1)) {
                                found.add(RunState.of(word));
                            }
                            return found;
                        });
        return states == null ? Set.of() : states;
    }
}
