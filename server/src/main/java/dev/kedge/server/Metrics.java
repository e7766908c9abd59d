package dev.kedge.server;

import dev.kedge.engine.Engine;
import dev.kedge.engine.Meters;
import dev.kedge.model.Namespace;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** What is counted and timed, in a form that Prometheus reads. */
final class Metrics implements AutoCloseable {

    private static final String OPEN_METRICS =
            "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Engine engine;
    private final MultiGauge runs;

    Metrics(Engine engine, Waiting waiting) {
        this.engine = engine;
        this.runs =
                MultiGauge.builder("kedge.runs")
                        .description("Runs of the default namespace by state")
                        .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        counter("kedge.runs.enqueued", "Runs taken by this engine", Meters::runsEnqueued);
        counter("kedge.attempts.started", "Attempts begun", Meters::attemptsStarted);
        counter("kedge.attempts.retried", "Attempts that led to another", Meters::attemptsRetried);
        counter("kedge.runs.completed", "Runs completed", Meters::runsCompleted);
        counter("kedge.runs.failed", "Runs failed for good", Meters::runsFailed);
        counter("kedge.runs.cancelled", "Runs cancelled", Meters::runsCancelled);
        counter("kedge.leases.lost", "Verdicts that came too late", Meters::leasesLost);
        counter(
                "kedge.runs.started.at.once",
                "Runs that started where they were submitted",
                Meters::runsStartedAtOnce);
        counter("kedge.runs.rescued", "Runs taken from lost workers", Meters::runsRescued);
        counter("kedge.workers.lost", "Workers declared lost", Meters::workersDeclaredLost);
        gauge("kedge.slots", "Attempts that can be carried out at once", Meters::slotsTotal);
        gauge("kedge.slots.busy", "Attempts being carried out", Meters::slotsBusy);
        Gauge.builder("kedge.http.waiting", waiting, Waiting::taken)
                .description("Long polls and streams")
                .register(registry);
    }

    /** Notes how long a request took; {@code route} is its template, never its path. */
    void request(String method, String route, int status, Duration took) {
        Timer.builder("kedge.http.requests")
                .description("Requests by route and status")
                .tags("method", method, "route", route, "status", Integer.toString(status))
                .register(registry)
                .record(took);
    }

    void answer(Call call) {
        var states =
                engine.runs(Namespace.DEFAULT).counts().total().entrySet().stream()
                        .<MultiGauge.Row<?>>map(count ->
                                MultiGauge.Row.of(
                                        Tags.of(
                                                "namespace",
                                                Namespace.DEFAULT.value(),
                                                "state",
                                                count.getKey().word()),
                                        count.getValue()))
                        .toList();
        runs.register(states, true);
        var accept = call.http().header("Accept");
        var type =
                accept != null && accept.contains("application/openmetrics-text")
                        ? OPEN_METRICS
                        : PROMETHEUS;
        call.http().contentType(type).result(registry.scrape(type));
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private void counter(String name, String description, ToDoubleFunction<Meters> reading) {
        FunctionCounter.builder(name, engine, e -> reading.applyAsDouble(e.meters()))
                .description(description)
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<Meters> reading) {
        Gauge.builder(name, engine, e -> reading.applyAsDouble(e.meters()))
                .description(description)
                .register(registry);
    }
}
