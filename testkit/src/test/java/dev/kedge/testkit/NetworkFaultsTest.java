package dev.kedge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker behind a bad network, and a submitter beside it that sees the database well. */
class NetworkFaultsTest {

    private static final Outcome DONE = new Outcome.Succeeded(Payload.ofJson("\"done\""));
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String CLAIM = "candidate as materialized";
    private static final String ENQUEUE = "insert into kedge.run (run_id";
    private static final String SETTLE = "insert into kedge.ended_run";
    private static final String RELEASE = "insert into kedge.attempt";

    private final String url = TestPostgres.freshDatabase();
    private final FaultProxy proxy = FaultProxy.before(url);
    private final List<Engine> engines = new ArrayList<>();
    private final ConcurrentMap<RunId, Integer> handled = new ConcurrentHashMap<>();

    private Engine near;
    private Engine far;

    @BeforeEach
    void start() {
        near = started(builder(url));
        far = started(builder(proxy.jdbcUrl()).job("work", context -> handle(context.runId())));
    }

    private Outcome handle(RunId run) {
        handled.merge(run, 1, Integer::sum);
        return DONE;
    }

    @AfterEach
    void stop() {
        proxy.thaw();
        engines.forEach(engine -> engine.stop(Duration.ofSeconds(1)));
        proxy.close();
    }

    @Test
    void runs_of_a_claim_whose_answer_was_lost_are_handed_back_and_carried_out_once()
            throws Exception {
        for (var round = 0; round < 3; round++) {
            near.jobs(Namespace.DEFAULT).pause(new JobName("work"));
            var runs = enqueue(20);
            var loss = proxy.loseAnswerTo(CLAIM);
            near.jobs(Namespace.DEFAULT).resume(new JobName("work"));

            assertThat(loss.await(SOON)).isTrue();
            assertCarriedOutOnce(runs);
        }
    }

    @Test
    void an_enqueue_whose_answer_was_lost_makes_one_run() throws Exception {
        var loss = proxy.loseAnswerTo(ENQUEUE);

        var run = far.runs().enqueue(far.newRun("work", null)).run();

        assertThat(loss.await(Duration.ZERO)).isTrue();
        assertCarriedOutOnce(List.of(run));
        assertThat(number("select count(*) from kedge.run")).isEqualTo(1);
    }

    @Test
    void a_verdict_whose_answer_was_lost_is_recognised() throws Exception {
        var loss = proxy.loseAnswerTo(SETTLE);
        var runs = enqueue(5);

        assertThat(loss.await(SOON)).isTrue();
        assertCarriedOutOnce(runs);
        far.stop(SOON);
        assertThat(far.meters().runsCompleted()).isEqualTo(5);
        assertThat(far.meters().leasesLost()).isZero();
    }

    @Test
    void a_retry_whose_answer_was_lost_is_counted_once() throws Exception {
        started(
                builder(proxy.jdbcUrl())
                        .job(
                                "flaky",
                                context ->
                                        context.attempt() == 1
                                                ? new Outcome.Failed(
                                                        Failure.of(
                                                                Failure.Code.HANDLER_FAILED,
                                                                "once"))
                                                : DONE));
        var loss = proxy.loseAnswerTo(RELEASE);
        var run = near.runs().enqueue(near.newRun("flaky", null)).run();

        var ended = near.runs().await(run, SOON);

        assertThat(loss.await(Duration.ZERO)).isTrue();
        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ended.attempt()).isEqualTo(2);
        assertThat(ended.spent().failures()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAIM, SETTLE, "worker_beat", "select run_id, namespace, job, epoch"})
    void answers_that_are_lost_again_and_again_lose_and_double_nothing(String words)
            throws Exception {
        var runs = new ArrayList<RunId>();
        for (var round = 0; round < 5; round++) {
            var loss = proxy.loseAnswerTo(words);
            runs.addAll(enqueue(10));
            assertThat(loss.await(SOON)).isTrue();
        }
        assertEndedOnce(runs);
    }

    @Test
    void connections_that_are_cut_all_the_time_lose_and_double_nothing() throws Exception {
        var runs = new ArrayList<RunId>();
        for (var round = 0; round < 10; round++) {
            runs.addAll(enqueue(30));
            near.runs().await(runs.getLast(), Duration.ofMillis(50));
            proxy.cut();
        }
        assertEndedOnce(runs);
    }

    @Test
    void a_worker_that_is_cut_off_stops_its_handlers_before_another_begins() throws Exception {
        var begun = new CountDownLatch(1);
        var stoppedAt = new AtomicLong();
        started(
                builder(proxy.jdbcUrl())
                        .job(
                                "long",
                                _ -> {
                                    begun.countDown();
                                    try {
                                        new CountDownLatch(1).await();
                                    } finally {
                                        stoppedAt.set(System.nanoTime());
                                    }
                                    return DONE;
                                }));
        var run = near.runs().enqueue(near.newRun("long", null)).run();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        var againAt = new AtomicLong();
        started(
                builder(url)
                        .job(
                                "long",
                                _ -> {
                                    againAt.set(System.nanoTime());
                                    return DONE;
                                }));

        proxy.freeze();
        var frozenAt = System.nanoTime();
        var ended = near.runs().await(run, SOON);

        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ended.spent().losses()).isEqualTo(1);
        assertThat(stoppedAt.get()).isPositive();
        assertThat(againAt.get()).isGreaterThan(stoppedAt.get());
        assertThat(Duration.ofNanos(stoppedAt.get() - frozenAt)).isLessThan(Duration.ofSeconds(2));

        proxy.thaw();
        assertCarriedOutOnce(enqueue(5)); // The far worker is back, as somebody else.
    }

    private List<RunId> enqueue(int runs) {
        var enqueued = new ArrayList<RunId>();
        for (var i = 0; i < runs; i++) {
            enqueued.add(near.runs().enqueue(near.newRun("work", null)).run());
        }
        return enqueued;
    }

    private void assertCarriedOutOnce(List<RunId> runs) throws Exception {
        for (var ended : assertEndedOnce(runs)) {
            assertThat(handled.get(ended.id())).isEqualTo(1);
            assertThat(ended.attempt()).isEqualTo(1);
        }
    }

    private List<Run> assertEndedOnce(List<RunId> runs) throws Exception {
        var ended = new ArrayList<Run>();
        for (var run : runs) {
            ended.add(near.runs().await(run, SOON));
        }
        assertThat(ended).allMatch(run -> run.state() == RunState.COMPLETED);
        assertThat(number("select count(*) from kedge.active_run")).isZero();
        assertThat(number("select count(*) from kedge.ended_run"))
                .isEqualTo(number("select count(*) from kedge.run"));
        return ended;
    }

    private long number(String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                url,
                                TestPostgres.shared().user(),
                                TestPostgres.shared().password());
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private static Engine.Builder builder(String jdbcUrl) {
        return Engine.connect(
                        jdbcUrl, TestPostgres.shared().user(), TestPostgres.shared().password())
                .config(EngineConfig.DEFAULT.withShortLease());
    }

    private Engine started(Engine.Builder builder) {
        var engine = builder.start();
        engines.add(engine);
        return engine;
    }
}
