package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_READ;

import dev.kedge.api.AliveView;
import dev.kedge.api.BatchBody;
import dev.kedge.api.HealthView;
import dev.kedge.api.Json;
import dev.kedge.api.LimitsView;
import dev.kedge.api.StatsView;
import dev.kedge.api.WorkerView;
import dev.kedge.api.WorkersView;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Health;
import dev.kedge.engine.Journal;
import dev.kedge.engine.Triggers;
import dev.kedge.model.Deployment;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.NewRun;
import dev.kedge.model.RetryPolicy;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunState;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import dev.kedge.model.WorkerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** How the server, its workers and its runs are doing. */
final class StatusRoutes {

    private final Engine engine;
    private final ServerConfig config;
    private final List<Supplier<Health.Check>> checks;
    private final Metrics metrics;

    StatusRoutes(
            Engine engine,
            ServerConfig config,
            List<Supplier<Health.Check>> checks,
            Metrics metrics) {
        this.engine = engine;
        this.config = config;
        this.checks = List.copyOf(checks);
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/workers", "Lists the workers", WorkersView.class, this::workers)
                        .needs(JOBS_READ),
                Route.get(
                                "/v1/namespaces/{ns}/stats",
                                "Counts the runs by state",
                                StatsView.class,
                                this::stats)
                        .needs(JOBS_READ),
                Route.get(
                                "/v1/limits",
                                "Says what is taken at most",
                                LimitsView.class,
                                this::limits)
                        .forAllWhoAreKnown(),
                Route.get(
                                "/healthz",
                                "Says that the process lives",
                                AliveView.class,
                                call -> call.answer(new AliveView("ok")))
                        .withoutKey(),
                Route.get(
                                "/readyz",
                                "Says whether the server can do its work, and how durably; 503 if"
                                        + " not",
                                HealthView.class,
                                this::ready)
                        .withoutKey(),
                Route.get("/metrics", "Metrics for Prometheus or OpenMetrics", null, this::metrics)
                        .needs(JOBS_READ));
    }

    private void workers(Call call) {
        call.answer(new WorkersView(engine.workers().stream().map(StatusRoutes::view).toList()));
    }

    private void stats(Call call) {
        var counts = call.as(engine).runs(call.namespace()).counts();
        var jobs = new TreeMap<String, Map<String, Long>>();
        counts.byJob().forEach((job, states) -> jobs.put(job.value(), words(states)));
        call.answer(new StatsView(words(counts.total()), jobs));
    }

    private void limits(Call call) {
        call.answer(
                new LimitsView(
                        config.payloadBytesMax(),
                        NewRun.METADATA_BYTES_MAX,
                        Deployment.CODE_BYTES_MAX,
                        config.bodyBytesMax(),
                        config.batchBodyBytesMax(),
                        BatchBody.ITEMS_MAX,
                        Json.DEPTH_MAX,
                        Json.NUMBER_CHARS_MAX,
                        RunFilter.LIMIT_DEFAULT,
                        RunFilter.LIMIT_MAX,
                        LogRoutes.LINES_MAX,
                        (int) RunRoutes.WAIT_MAX.toSeconds(),
                        NewRun.KEY_CHARS_MAX,
                        NewRun.TAGS_MAX,
                        NewRun.TAG_CHARS_MAX,
                        JobPolicy.PRIORITY_MIN,
                        JobPolicy.PRIORITY_MAX,
                        RetryPolicy.ATTEMPTS_MAX,
                        Journal.ENTRIES_MAX,
                        Journal.STATE_BYTES_MAX,
                        Journal.STATE_KEYS_MAX,
                        Topic.CHARS_MAX,
                        Wait.MATCH_BYTES_MAX,
                        Triggers.TRIGGERS_MAX));
    }

    private void ready(Call call) {
        var health = engine.health();
        var all = new ArrayList<>(health.checks());
        var ready = health.ready();
        for (var check : checks) {
            var found = check.get();
            all.add(found);
            ready &= found.passed();
        }
        var view =
                new HealthView(
                        ready,
                        all.stream()
                                .map(c -> new HealthView.Check(c.name(), c.passed(), c.detail()))
                                .toList());
        call.answer(ready ? 200 : 503, view);
    }

    private void metrics(Call call) {
        metrics.answer(call);
    }

    private static Map<String, Long> words(Map<RunState, Long> states) {
        var words = new TreeMap<String, Long>();
        states.forEach((state, count) -> words.put(state.word(), count));
        return words;
    }

    private static WorkerView view(WorkerInfo worker) {
        return new WorkerView(
                worker.id().toString(),
                worker.host(),
                worker.pid(),
                worker.slots(),
                worker.running(),
                worker.startedAt(),
                JobWords.textOf(worker.sinceBeat()),
                worker.lostAt());
    }
}
