package dev.kedge.bench;

import dev.kedge.bench.Callers.Call;
import dev.kedge.bench.Scenario.Entrant;
import dev.kedge.bench.Scenario.Left;
import dev.kedge.model.Limits;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.RateLimit;
import java.time.Duration;
import java.util.List;

/** Everything that is measured. */
final class Scenarios {

    /** The name of the entrant that sets the limit. */
    static final String RAW = "raw";

    /** How many attempts Kedge may carry out at once. */
    static final int SLOTS = 2_000;

    private static final int BATCH = 1_000;
    private static final int CLAIM_MAX = 1_000;
    private static final int RAW_CONNECTIONS = 4;
    private static final int BATCH_CALLERS = 4;
    private static final int CALLS_PER_SECOND = 100;
    private static final int PRINCIPALS = 10;
    private static final Call<Intake> SINGLE = Call.each(Intake::enqueue);
    private static final List<String> RATE = List.of("runs/s");

    /** Limits that are looked at and never bind: what is measured is the look. */
    private static final int NEVER_REACHED = 50_000;

    private static final Limits ALL_LIMITS =
            new Limits(
                    NEVER_REACHED,
                    OnExceeded.QUEUE,
                    NEVER_REACHED,
                    new RateLimit(RateLimit.LIMIT_MAX, Duration.ofSeconds(1)));
    private static final Limits REFUSING = new Limits(NEVER_REACHED, OnExceeded.REJECT, null, null);

    static final List<Scenario<?>> ALL =
            List.of(
                    enqueue("enqueue-1", 1, 3_000),
                    enqueue("enqueue-16", 16, 20_000),
                    enqueue("enqueue-256", 256, 100_000),
                    new Scenario<>(
                            "enqueue-callers",
                            RATE,
                            100_000,
                            Left.ALL_PENDING,
                            List.of(
                                    kedge(0),
                                    new Entrant<>(
                                            "kedge, ten principals",
                                            (stage, ledger) ->
                                                    new KedgeSubject(
                                                            stage,
                                                            ledger,
                                                            0,
                                                            Limits.NONE,
                                                            PRINCIPALS)),
                                    new Entrant<>(
                                            "kedge, row security off",
                                            (stage, ledger) -> {
                                                stage.disableRowSecurity();
                                                return new KedgeSubject(
                                                        stage, ledger, 0, Limits.NONE, 0);
                                            }),
                                    raw(2, 0)),
                            Courses.calls(Callers.single(256), SINGLE)),
                    new Scenario<>(
                            "enqueue-batch",
                            RATE,
                            100_000,
                            Left.ALL_PENDING,
                            List.of(kedge(0), raw(RAW_CONNECTIONS, 0)),
                            Peers.INTAKES,
                            Courses.calls(
                                    new Callers(BATCH_CALLERS, BATCH), JobQueue::enqueueBatch)),
                    new Scenario<>(
                            "drain",
                            RATE,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(kedge(SLOTS), raw(0, RAW_CONNECTIONS)),
                            Peers.QUEUES,
                            Courses.drain()),
                    new Scenario<>(
                            "full-life-256",
                            RATE,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(kedge(SLOTS), raw(2, RAW_CONNECTIONS - 2)),
                            Peers.QUEUES_BY_CALL,
                            Courses.fullLife(Callers.single(256), SINGLE)),
                    new Scenario<>(
                            "full-life-batch",
                            RATE,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(kedge(SLOTS), raw(2, RAW_CONNECTIONS - 2)),
                            Peers.QUEUES,
                            Courses.fullLife(
                                    new Callers(BATCH_CALLERS, BATCH), JobQueue::enqueueBatch)),
                    new Scenario<>(
                            "drain-limited",
                            RATE,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(
                                    kedge(SLOTS),
                                    kedge("limited", Limits.atOnce(NEVER_REACHED)),
                                    kedge("all limits", ALL_LIMITS)),
                            Courses.drain()),
                    new Scenario<>(
                            "full-life-limited",
                            RATE,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(
                                    kedge(SLOTS),
                                    kedge("limited", Limits.atOnce(NEVER_REACHED)),
                                    kedge("all limits", ALL_LIMITS),
                                    kedge("refusing", REFUSING)),
                            Courses.fullLife(Callers.single(256), SINGLE)),
                    new Scenario<>(
                            "latency-100",
                            List.of("ms p50", "ms p99"),
                            1_000,
                            Left.ALL_ENDED,
                            List.of(kedge(SLOTS), raw(2, RAW_CONNECTIONS - 2)),
                            Peers.QUEUES,
                            Courses.latency(CALLS_PER_SECOND)),
                    workflow("workflow3-1", 1, 1_000),
                    workflow("workflow3-20", 20, 10_000),
                    workflow("workflow3-100", 100, 20_000),
                    new Scenario<LongJournal>(
                            "long-journal",
                            LongJournal.UNITS,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(new Entrant<>("kedge", LongJournal::new, "audit_journal")),
                            LongJournal::resume),
                    new Scenario<Sleepers>(
                            "sleepers",
                            Sleepers.UNITS,
                            100_000,
                            Left.ALL_ENDED,
                            List.of(new Entrant<>("kedge", Sleepers::new, "audit_sleepers")),
                            Sleepers::wakeAll));

    private Scenarios() {}

    static Scenario<?> named(String name) {
        return ALL.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario is called " + name));
    }

    private static Scenario<Intake> enqueue(String name, int callers, int runs) {
        return new Scenario<>(
                name,
                RATE,
                runs,
                Left.ALL_PENDING,
                List.of(
                        kedge(0),
                        raw(2, 0),
                        new Entrant<>(
                                "raw, a commit a call",
                                (stage, _) -> new PlainSubject(stage, callers))),
                Peers.INTAKES_BY_CALL,
                Courses.calls(Callers.single(callers), SINGLE));
    }

    private static Scenario<Workflows> workflow(String name, int callers, int runs) {
        return new Scenario<>(
                name,
                List.of("workflows/s"),
                runs,
                Left.ALL_ENDED_IN_STEPS,
                List.of(
                        new Entrant<>("kedge", KedgeWorkflows::new),
                        new Entrant<>(RAW, RawWorkflows::new)),
                Peers.WORKFLOWS,
                Courses.calls(Callers.single(callers), Call.each(Workflows::carryOut)));
    }

    private static Entrant<JobQueue> kedge(int slots) {
        return new Entrant<>(
                "kedge", (stage, ledger) -> new KedgeSubject(stage, ledger, slots, Limits.NONE, 0));
    }

    private static Entrant<JobQueue> kedge(String name, Limits limits) {
        return new Entrant<>(
                "kedge, " + name,
                (stage, ledger) -> new KedgeSubject(stage, ledger, SLOTS, limits, 0));
    }

    private static Entrant<JobQueue> raw(int writers, int workers) {
        return new Entrant<>(
                RAW, (stage, ledger) -> new RawSubject(stage, ledger, writers, workers, CLAIM_MAX));
    }
}
