package dev.kedge.bench;

import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.RunContext;
import dev.kedge.model.JobName;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Runs that all sleep until the same instant, while runs of another job keep coming. What is
 * measured is how long after the instant the last sleeper has completed, and how long the others
 * take to start meanwhile.
 */
final class Sleepers implements Subject {

    static final List<String> UNITS =
            List.of("s until all completed", "ms p50, others", "ms p99, others");

    private static final String WAKE = SqlFile.load("sleepers_wake");
    private static final JobName SLEEPER = new JobName("sleeper");
    private static final JobName OTHER = new JobName(Server.JOB);
    private static final int BATCH = 1_000;
    private static final int WAKE_IN_SECONDS = 3;
    private static final int OTHERS_MAX = 100_000;
    private static final Duration BETWEEN_OTHERS = Duration.ofMillis(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration NIGHT = Duration.ofDays(1);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final double SECOND_NANOS = 1e9;
    private static final double MILLI_NANOS = 1e6;

    private final Stage stage;
    private final Engine engine;
    private final Ledger others = new Ledger(OTHERS_MAX);
    private final long[] called = new long[OTHERS_MAX];
    private final AtomicInteger othersCalled = new AtomicInteger();

    Sleepers(Stage stage, Ledger ledger) {
        this.stage = stage;
        engine =
                Engine.connect(stage.url(), stage.user(), stage.password())
                        .config(EngineConfig.DEFAULT.withSlots(Scenarios.SLOTS))
                        .job(SLEEPER.value(), context -> sleep(context, ledger))
                        .job(OTHER.value(), this::other)
                        .start();
    }

    private static Outcome sleep(RunContext context, Ledger ledger) {
        context.sleep("night", NIGHT);
        ledger.started(context.payload().bytes());
        return new Outcome.Succeeded(Payload.NULL);
    }

    private Outcome other(RunContext context) {
        others.started(context.payload().bytes());
        return new Outcome.Succeeded(Payload.NULL);
    }

    static double[] wakeAll(Lap<? extends Sleepers> lap) throws SQLException, InterruptedException {
        Sleepers subject = lap.subject();
        return subject.wake(lap);
    }

    private double[] wake(Lap<?> lap) throws SQLException, InterruptedException {
        for (var first = lap.first(); first < lap.end(); first += BATCH) {
            engine.runs()
                    .enqueueAll(
                            IntStream.range(first, Math.min(lap.end(), first + BATCH))
                                    .mapToObj(number -> run(SLEEPER, number))
                                    .toList());
        }
        await(
                "select count(*) = %d from kedge.active_run where state = 'sleeping'"
                        .formatted(lap.runs()));
        lap.stage().vacuum();
        var instant = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAKE_IN_SECONDS);
        askToWake();
        var first = othersCalled.get();
        try (var pace = Executors.newSingleThreadScheduledExecutor()) {
            var calls =
                    pace.scheduleAtFixedRate(
                            () -> Thread.startVirtualThread(this::callOther),
                            0,
                            BETWEEN_OTHERS.toMillis(),
                            TimeUnit.MILLISECONDS);
            await("select not exists (select from kedge.active_run where job = 'sleeper')");
            var took = (System.nanoTime() - instant) / SECOND_NANOS;
            calls.cancel(false);
            await("select not exists (select from kedge.active_run)");
            var waited = waited(first, othersCalled.get());
            return new double[] {
                took,
                waited[waited.length / 2] / MILLI_NANOS,
                waited[waited.length * 99 / 100] / MILLI_NANOS
            };
        }
    }

    private void askToWake() throws SQLException {
        try (var connection = stage.connect();
                var statement = connection.prepareStatement(WAKE)) {
            statement.setInt(1, WAKE_IN_SECONDS);
            statement.executeUpdate();
        }
    }

    private void callOther() {
        var number = othersCalled.getAndIncrement();
        called[number] = System.nanoTime();
        engine.runs().enqueue(run(OTHER, number));
    }

    private long[] waited(int first, int end) {
        var nanos = new long[end - first];
        Arrays.setAll(nanos, i -> others.startNanos(first + i) - called[first + i]);
        Arrays.sort(nanos);
        return nanos;
    }

    private void await(String question) throws SQLException, InterruptedException {
        try (var connection = stage.connect();
                var statement = connection.prepareStatement(question)) {
            while (true) {
                try (var row = statement.executeQuery()) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            }
        }
    }

    private static NewRun run(JobName job, int number) {
        return NewRun.of(job, Payload.ofJson(Ledger.payload(number)));
    }

    @Override
    public void close() {
        engine.stop(GRACE);
    }
}
