package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnConflict;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RateLimit;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits and orders, judged by what handlers wrote down about when they ran. */
class ConcurrencyTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** More than a claim sees at the head of a lane. */
    private static final int CROWD = 160;

    /**
     * How many ran at once at most. A handler whose process was killed has no end of its own: it
     * counts until its run was taken back, which is when nobody can be at work on it any more.
     */
    private static final String AT_ONCE =
            """
            select coalesce(max(others), 0)
              from (select count(*) as others
                      from work as a
                      join work as b
                        on b.began <= a.began
                       and coalesce(b.ended,
                                    (select t.ended_at from kedge.attempt as t
                                      where t.run_id = b.run and t.number = b.attempt),
                                    'infinity') > a.began
                     where %s
                     group by a.run, a.attempt) as moment
            """;

    private final TestEngine db = new TestEngine();
    private Engine submitting;

    @BeforeEach
    void prepare() throws SQLException {
        RecordingWorker.prepare(db);
        submitting = db.start(builder -> builder.config(EngineConfig.DEFAULT.withSlots(0)));
    }

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void kedge_P9_no_more_run_at_once_than_the_job_allows_on_all_engines_and_through_a_kill()
            throws Exception {
        define(RecordingWorker.job(3).policy());
        engines(3, RecordingWorker.job(3).policy());
        try (var doomed = RecordingWorker.start(db.url(), 3)) {
            doomed.awaitReady();
            var runs = enqueue(IntStream.range(0, 150).mapToObj(this::numbered).toList());
            submitting.runs().await(runs.get(30), LONG);
            doomed.kill();
            awaitCompleted(runs);
        }

        assertThat(atOnce("true")).isEqualTo(3);
        assertThat(db.number("select count(distinct run) from work")).isEqualTo(150);
    }

    @Test
    void permits_of_a_killed_worker_come_back_when_its_runs_are_taken_back_and_not_before()
            throws Exception {
        define(RecordingWorker.job(2).policy());
        var runs = new ArrayList<RunId>();
        try (var doomed = RecordingWorker.start(db.url(), 2)) {
            doomed.awaitReady();
            for (var i = 0; i < 2; i++) {
                runs.add(enqueue(List.of(numbered(RecordingWorker.HANGS_FIRST))).getFirst());
                doomed.awaitBegun();
            }
            runs.addAll(enqueue(IntStream.range(0, 30).mapToObj(this::numbered).toList()));
            engines(2, RecordingWorker.job(2).policy());
            doomed.kill();
        }
        awaitCompleted(runs);

        assertThat(
                        db.number(
                                "select count(*) from work where began < (select min(ended_at) from"
                                        + " kedge.attempt)"))
                .as("began while the dead worker's runs were still its own")
                .isEqualTo(2);
        assertThat(atOnce("true")).isEqualTo(2);
        assertThat(atOnce("a.began > (select max(ended_at) from kedge.attempt)")).isEqualTo(2);
    }

    @Test
    void kedge_P9_no_more_run_at_once_than_a_key_allows_and_other_keys_are_not_held_up()
            throws Exception {
        var policy = JobPolicy.DEFAULT.withLimits(new Limits(null, OnExceeded.QUEUE, 2, null));
        define(policy);
        var held = new ArrayList<NewRun>();
        for (var i = 0; i < CROWD; i++) {
            held.add(numbered(i).withConcurrencyKey("crowded"));
        }
        for (var i = 0; i < 20; i++) {
            held.add(numbered(i).withConcurrencyKey("other " + i % 4));
        }
        var runs = enqueue(held);
        engines(2, policy);
        awaitCompleted(runs.subList(CROWD, CROWD + 20));

        assertThat(
                        db.number(
                                "select count(*) from work join kedge.run on run_id = run where"
                                        + " concurrency_key = 'crowded'"))
                .isLessThan(CROWD - 20);
        awaitCompleted(runs);
        assertThat(db.number(atOnceOf("r.concurrency_key"))).isEqualTo(2);
    }

    @Test
    void kedge_P9_no_more_run_at_once_than_the_namespace_allows_whatever_the_job()
            throws Exception {
        define(JobPolicy.DEFAULT);
        var jobs = submitting.jobs(Namespace.DEFAULT);
        jobs.define(TestEngine.job("another", JobPolicy.DEFAULT));
        jobs.limit(2);
        assertThat(jobs.limit()).hasValue(2);
        for (var i = 0; i < 2; i++) {
            db.start(builder ->
                    builder.job(RecordingWorker.JOB, RecordingWorker.handler(db))
                            .job("another", RecordingWorker.handler(db)));
        }
        var runs = new ArrayList<NewRun>();
        for (var i = 0; i < 40; i++) {
            runs.add(i % 2 == 0 ? numbered(i) : submitting.newRun("another", i));
        }
        awaitCompleted(enqueue(runs));

        assertThat(atOnce("true")).isEqualTo(2);
        jobs.limit(null);
        awaitCompleted(enqueue(runs));
        assertThat(atOnce("true")).isGreaterThan(2);
    }

    @Test
    void a_sleeping_or_waiting_run_takes_no_permit() throws Exception {
        var snoozed = new CountDownLatch(1);
        var policy = JobPolicy.DEFAULT.withLimits(Limits.atOnce(1));
        db.start(builder ->
                builder.job(
                        TestEngine.job("snoozes", policy),
                        context -> {
                            if (new String(context.payload().bytes(), StandardCharsets.UTF_8)
                                    .equals("1")) {
                                snoozed.countDown();
                                return new Outcome.Snoozed(Duration.ofHours(1));
                            }
                            return new Outcome.Succeeded(Payload.NULL);
                        }));
        submitting.runs().enqueue(submitting.newRun("snoozes", 1));
        snoozed.await();
        var second = submitting.runs().enqueue(submitting.newRun("snoozes", 2)).run();

        assertThat(submitting.runs().await(second, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);
    }

    @Test
    void kedge_P8_runs_with_an_ordering_key_go_one_after_the_other_through_retries_and_a_kill()
            throws Exception {
        define(RecordingWorker.job(0).policy());
        engines(2, RecordingWorker.job(0).policy());
        try (var doomed = RecordingWorker.start(db.url(), 0)) {
            doomed.awaitReady();
            var runs = new ArrayList<RunId>();
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                var calls = new ArrayList<Future<List<RunId>>>();
                for (var key = 0; key < 4; key++) {
                    var ordering = "key " + key;
                    calls.add(callers.submit(() -> enqueueInOrder(ordering)));
                }
                for (var call : calls) {
                    runs.addAll(call.get());
                }
            }
            submitting.runs().await(runs.get(5), LONG);
            doomed.kill();
            awaitCompleted(runs);
        }

        assertThat(db.number("select count(*) from work")).isGreaterThanOrEqualTo(4 * 31);
        assertThat(outOfOrder()).isZero();
        assertThat(
                        db.number(
                                "select count(distinct attempt) from work where payload like '%"
                                        + RecordingWorker.FAILS_FIRST
                                        + "%'"))
                .as("some were retried")
                .isGreaterThan(1);
    }

    /** Alone, in an atomic batch, in one of each for itself, and in a caller's own transaction. */
    private List<RunId> enqueueInOrder(String key) throws SQLException {
        var runs = new ArrayList<RunId>();
        for (var i = 0; i < 10; i++) {
            runs.add(submitting.runs().enqueue(ordered(key, i)).run());
        }
        var batch = IntStream.range(10, 20).mapToObj(i -> ordered(key, i)).toList();
        submitting.runs().enqueueAll(batch).forEach(enqueued -> runs.add(enqueued.run()));
        var each =
                IntStream.range(20, 30)
                        .mapToObj(i ->
                                i == 25
                                        ? ordered(key, i).unique(key, OnConflict.REJECT)
                                        : ordered(key, i))
                        .toList();
        for (var answer : submitting.runs().enqueueEach(each)) {
            runs.add(((Runs.Submission.Accepted) answer).enqueued().run());
        }
        try (var connection = db.connection()) {
            connection.setAutoCommit(false);
            runs.add(submitting.runs().enqueue(connection, ordered(key, 30)).run());
            connection.commit();
        }
        return runs;
    }

    private NewRun ordered(String key, int number) {
        var text = number % 10 == 3 ? RecordingWorker.FAILS_FIRST : "plain";
        return submitting
                .newRun(RecordingWorker.JOB, "%s %02d %s".formatted(key, number, text))
                .withOrderingKey(key);
    }

    @Test
    void the_end_of_a_run_that_never_began_lets_the_next_in_order_go() throws Exception {
        define(JobPolicy.DEFAULT);
        var late = numbered(1).withOrderingKey("k").after(Duration.ofHours(1));
        var first = submitting.runs().enqueue(late).run();
        var second = submitting.runs().enqueue(numbered(2).withOrderingKey("k")).run();
        engines(1, JobPolicy.DEFAULT);
        assertThat(submitting.runs().await(second, Duration.ofMillis(300)).state())
                .isEqualTo(RunState.PENDING);

        submitting.runs().cancel(first, "Ada");

        assertThat(submitting.runs().await(second, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);
    }

    @Test
    void what_an_end_did_not_let_go_is_let_go_by_the_keeper() throws Exception {
        define(JobPolicy.DEFAULT);
        var first = submitting.runs().enqueue(numbered(1).withOrderingKey("k")).run();
        var second = submitting.runs().enqueue(numbered(2).withOrderingKey("k")).run();
        // As if the end had passed the submission by unseen.
        db.execute("delete from kedge.active_run where run_id = '%s'".formatted(first));
        engines(1, JobPolicy.DEFAULT);

        assertThat(submitting.runs().await(second, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);
    }

    @Test
    void a_repeated_run_keeps_its_keys() throws Exception {
        define(JobPolicy.DEFAULT);
        engines(1, JobPolicy.DEFAULT);
        var first =
                submitting
                        .runs()
                        .enqueue(numbered(1).withOrderingKey("o").withConcurrencyKey("c"))
                        .run();
        submitting.runs().await(first, TestEngine.SOON);

        var again = submitting.runs().get(submitting.runs().rerun(first, null).run());

        assertThat(again.keys().ordering()).isEqualTo("o");
        assertThat(again.keys().concurrency()).isEqualTo("c");
    }

    @Test
    void a_job_that_refuses_has_never_more_active_runs_than_it_may_however_they_come()
            throws Exception {
        define(JobPolicy.DEFAULT.withLimits(new Limits(5, OnExceeded.REJECT, null, null)));
        var other = db.start(builder -> builder.config(EngineConfig.DEFAULT.withSlots(0)));
        var refused = new AtomicInteger();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 60; i++) {
                var engine = i % 2 == 0 ? submitting : other;
                var run =
                        switch (i % 3) {
                            case 0 -> numbered(i);
                            case 1 -> numbered(i).withOrderingKey("o" + i);
                            default -> numbered(i).unique("k" + i, OnConflict.REJECT);
                        };
                var _ =
                        callers.submit(() -> {
                            try {
                                return engine.runs().enqueue(run);
                            } catch (KedgeException.Exceeded full) {
                                return refused.incrementAndGet();
                            }
                        });
            }
        }

        assertThat(refused).hasValue(55);
        assertThat(db.number("select count(*) from kedge.active_run")).isEqualTo(5);
        assertThatThrownBy(() -> submitting.runs().enqueueAll(List.of(numbered(1), numbered(2))))
                .isInstanceOf(KedgeException.Exceeded.class);
        assertThat(submitting.runs().enqueueEach(List.of(numbered(1))))
                .allMatch(answer ->
                        answer instanceof Runs.Submission.Refused(KedgeException.Exceeded _));
        assertThat(db.number("select count(*) from kedge.run")).isEqualTo(5);
    }

    @Test
    void a_refused_submission_is_taken_as_soon_as_a_run_has_ended_or_the_limit_is_raised()
            throws Exception {
        var policy = JobPolicy.DEFAULT.withLimits(new Limits(1, OnExceeded.REJECT, null, null));
        define(policy);
        var first = submitting.runs().enqueue(numbered(1)).run();
        assertThatThrownBy(() -> submitting.runs().enqueue(numbered(2)))
                .isInstanceOf(KedgeException.Exceeded.class)
                .hasMessageContaining("as many active runs as it may");

        submitting.runs().cancel(first, "Ada");
        submitting.runs().enqueue(numbered(3));
        define(policy.withLimits(new Limits(2, OnExceeded.REJECT, null, null)));
        submitting.runs().enqueue(numbered(4));

        assertThat(db.number("select count(*) from kedge.active_run")).isEqualTo(2);
    }

    @Test
    void no_more_start_within_any_stretch_of_time_than_a_rate_limit_allows_and_none_is_lost()
            throws Exception {
        var rate = new RateLimit(10, Duration.ofMillis(500));
        var policy = JobPolicy.DEFAULT.withLimits(new Limits(null, OnExceeded.QUEUE, null, rate));
        define(policy);
        var runs = new ArrayList<NewRun>();
        for (var i = 0; i < 40; i++) {
            runs.add(numbered(i));
            runs.add(numbered(i).withConcurrencyKey("k"));
        }
        var ids = enqueue(runs);
        engines(3, policy);
        awaitCompleted(ids);

        assertThat(
                        db.number(
                                """
                                select max(n)
                                  from (select count(*) as n
                                          from kedge.ended_run as a
                                          join kedge.run as ra on ra.run_id = a.run_id
                                          join kedge.ended_run as b
                                            on b.started_at >= a.started_at
                                           and b.started_at < a.started_at + interval '500 ms'
                                          join kedge.run as rb on rb.run_id = b.run_id
                                         where ra.concurrency_key is not distinct from rb.concurrency_key
                                         group by a.run_id) as stretch
                                """))
                .isLessThanOrEqualTo(10);
        assertThat(
                        db.number(
                                "select extract(epoch from max(started_at) - min(started_at)) * 1000"
                                        + " from kedge.ended_run"))
                .isGreaterThanOrEqualTo(1_500);
    }

    private void define(JobPolicy policy) {
        submitting.jobs(Namespace.DEFAULT).define(RecordingWorker.job(policy));
    }

    private void engines(int count, JobPolicy policy) {
        for (var i = 0; i < count; i++) {
            db.start(builder ->
                    builder.config(EngineConfig.DEFAULT.withShortLease().withSlots(8))
                            .job(RecordingWorker.job(policy), RecordingWorker.handler(db)));
        }
    }

    private NewRun numbered(Object number) {
        return submitting.newRun(RecordingWorker.JOB, number);
    }

    private List<RunId> enqueue(List<NewRun> runs) {
        return submitting.runs().enqueueAll(runs).stream().map(enqueued -> enqueued.run()).toList();
    }

    private void awaitCompleted(List<RunId> runs) throws InterruptedException {
        for (var run : runs) {
            assertThat(submitting.runs().await(run, LONG).state()).isEqualTo(RunState.COMPLETED);
        }
    }

    private long atOnce(String where) throws SQLException {
        return db.number(AT_ONCE.formatted(where));
    }

    private static String atOnceOf(String column) {
        return AT_ONCE.formatted(
                "(select %1$s from kedge.run as r where r.run_id = a.run) is not distinct from (select %1$s from kedge.run as r where r.run_id = b.run)"
                        .formatted(column));
    }

    /** Handlers that began before an earlier run with their key had ended. */
    private long outOfOrder() throws SQLException {
        return db.number(
                """
                select count(*)
                  from work as later
                  join kedge.run as lr on lr.run_id = later.run
                  join kedge.run as er on er.ordering_key = lr.ordering_key
                  join kedge.ended_run as earlier on earlier.run_id = er.run_id
                 where convert_from(er.payload, 'UTF8') < convert_from(lr.payload, 'UTF8')
                   and later.began < earlier.ended_at
                """);
    }
}
