package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Binding;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnConflict;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Quota;
import dev.kedge.model.RunState;
import dev.kedge.model.Topic;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a namespace may take up, and what becomes of what is beyond it. */
@Timeout(60)
class QuotaTest {

    private static final Duration FAR = Duration.ofDays(1);
    private static final JobName PLAIN = new JobName("plain");

    private static final CountDownLatch HELD = new CountDownLatch(1);

    private static final TestEngine DB = new TestEngine();
    private static final Engine FIRST = engine();
    private static final Engine SECOND = engine();

    private static Engine engine() {
        return DB.start(builder -> {
            for (var name :
                    List.of(
                            "at-once", "each", "rate", "keys", "own", "within", "later", "active",
                            "mixed")) {
                var namespace = new Namespace(name);
                builder.job(job(namespace, "plain"), _ -> new Outcome.Succeeded(Payload.NULL))
                        .job(
                                job(namespace, "held"),
                                _ -> {
                                    HELD.await();
                                    return new Outcome.Succeeded(Payload.NULL);
                                })
                        .job(
                                job(namespace, "parent"),
                                run -> {
                                    run.waitFor(EventWait.on("go"));
                                    return new Outcome.Succeeded(
                                            Payload.ofJson(
                                                    String.valueOf(
                                                            run.invoke("plain", 7, Object.class))));
                                });
            }
            return builder;
        });
    }

    private static Job job(Namespace namespace, String name) {
        return Job.of(namespace, new JobName(name), new Binding.Java(), JobPolicy.DEFAULT);
    }

    private static NewRun later() {
        return NewRun.of(PLAIN, Payload.NULL).after(FAR);
    }

    private static Namespace limited(String name, Quota quota) {
        var namespace = new Namespace(name);
        FIRST.jobs(namespace).quota(quota);
        assertThat(SECOND.jobs(namespace).quota()).isEqualTo(quota);
        SECOND.jobs(namespace).define(job(namespace, "plain")); // From then on it has heard of it.
        return namespace;
    }

    @AfterAll
    static void stop() {
        DB.close();
    }

    @Test
    void no_more_are_pending_than_may_be_however_many_submit_at_once() throws Exception {
        var namespace = limited("at-once", new Quota(50, null, null));
        Callable<Integer> submitter =
                () -> {
                    var taken = 0;
                    for (var i = 0; i < 20; i++) {
                        var engine = i % 2 == 0 ? FIRST : SECOND;
                        try {
                            engine.runs(namespace).enqueue(later());
                            taken++;
                        } catch (KedgeException.QuotaExceeded full) {
                            assertThat(full)
                                    .hasMessageContaining("'at-once'")
                                    .hasMessageContaining("50 pending");
                            assertThat(full.retryAfter()).isPositive();
                        }
                    }
                    return taken;
                };

        var taken = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(Collections.nCopies(8, submitter))) {
                taken += each.get();
            }
        }

        assertThat(taken).isEqualTo(50);
        assertThat(pending(namespace)).isEqualTo(50);
    }

    @Test
    void of_a_loose_batch_that_is_taken_which_fits_and_of_another_all_or_nothing()
            throws Exception {
        var namespace = limited("each", new Quota(10, null, null));
        var six = Stream.generate(QuotaTest::later).limit(6).toList();

        assertThat(FIRST.runs(namespace).enqueueAll(six)).hasSize(6);
        assertThatThrownBy(() -> FIRST.runs(namespace).enqueueAll(six))
                .isInstanceOf(KedgeException.QuotaExceeded.class);
        assertThat(pending(namespace)).isEqualTo(6);
        assertThat(SECOND.runs(namespace).enqueueEach(six))
                .filteredOn(Runs.Submission.Accepted.class::isInstance)
                .hasSize(4);
        assertThat(pending(namespace)).isEqualTo(10);
    }

    @Test
    void no_more_are_taken_in_a_minute_than_may_be_and_one_is_told_when_the_next_is() {
        var namespace = limited("rate", new Quota(null, null, 30));
        var began = System.nanoTime();
        var taken = 0;
        var refusals = 0;
        for (var i = 0; i < 60; i++) {
            try {
                (i % 2 == 0 ? FIRST : SECOND)
                        .runs(namespace)
                        .enqueue(NewRun.of(PLAIN, Payload.NULL));
                taken++;
            } catch (KedgeException.QuotaExceeded often) {
                refusals++;
                assertThat(often).hasMessageContaining("30 runs a minute");
                assertThat(often.retryAfter()).isBetween(Duration.ZERO, Duration.ofSeconds(2));
            }
        }

        var refilled = Duration.ofNanos(System.nanoTime() - began).toMillis() / 2_000 + 1;
        assertThat(refusals).isPositive();
        assertThat(taken).isBetween(30, 30 + (int) refilled);
    }

    @Test
    void who_writes_alone_is_held_to_it_too() throws Exception {
        var namespace = limited("keys", new Quota(2, null, null));
        var runs = FIRST.runs(namespace);

        runs.enqueue(later().unique("a", OnConflict.REJECT));
        runs.enqueue(later().withOrderingKey("o"));

        assertThatThrownBy(() -> runs.enqueue(later().unique("b", OnConflict.REJECT)))
                .isInstanceOf(KedgeException.QuotaExceeded.class);
        assertThatThrownBy(() -> runs.enqueue(later().withOrderingKey("o")))
                .isInstanceOf(KedgeException.QuotaExceeded.class);
        assertThat(pending(namespace)).isEqualTo(2);
    }

    @Test
    void an_application_is_held_to_it_in_its_own_transaction() throws Exception {
        var namespace = limited("own", new Quota(1, null, null));
        try (var connection = DB.connection()) {
            connection.setAutoCommit(false);
            FIRST.runs(namespace).enqueue(connection, later());
            assertThatThrownBy(() -> FIRST.runs(namespace).enqueue(connection, later()))
                    .isInstanceOf(KedgeException.QuotaExceeded.class);
            connection.rollback();

            FIRST.runs(namespace).enqueue(connection, later());
            assertThat(lockTimeout(connection)).isEqualTo("0");
            connection.commit();
        }
        assertThat(pending(namespace)).isEqualTo(1);
    }

    @Test
    void what_comes_from_within_is_not_refused() throws Exception {
        var namespace = limited("within", new Quota(1, null, null));
        var runs = FIRST.runs(namespace);
        var parent = runs.enqueue(NewRun.of(new JobName("parent"), Payload.NULL)).run();
        runs.await(parent, run -> run.state() == RunState.SLEEPING, TestEngine.SOON);
        runs.enqueue(later());
        assertThatThrownBy(() -> runs.enqueue(later()))
                .isInstanceOf(KedgeException.QuotaExceeded.class);

        FIRST.events(namespace).publish(new Topic("go"), Payload.NULL);

        assertThat(runs.await(parent, TestEngine.SOON).state()).isEqualTo(RunState.COMPLETED);
    }

    @Test
    void runs_that_are_carried_out_count_where_concurrent_ones_are_counted() throws Exception {
        var namespace = limited("active", new Quota(null, 2, null));
        var runs = FIRST.runs(namespace);
        var running = runs.enqueue(NewRun.of(new JobName("held"), Payload.NULL)).run();
        runs.await(running, run -> run.state() == RunState.RUNNING, TestEngine.SOON);
        runs.enqueue(later());

        assertThatThrownBy(() -> runs.enqueue(later()))
                .isInstanceOf(KedgeException.QuotaExceeded.class)
                .hasMessageContaining("2 runs that are pending or running");
        HELD.countDown();
        runs.await(running, TestEngine.SOON);
        runs.enqueue(later());
    }

    @Test
    void a_higher_quota_lets_them_in_again_and_none_lets_all() {
        var namespace = limited("later", new Quota(1, null, null));
        var runs = FIRST.runs(namespace);
        runs.enqueue(later());
        assertThatThrownBy(() -> runs.enqueue(later()))
                .isInstanceOf(KedgeException.QuotaExceeded.class);

        FIRST.jobs(namespace).quota(new Quota(2, null, null));
        runs.enqueue(later());
        assertThatThrownBy(() -> runs.enqueue(later()))
                .isInstanceOf(KedgeException.QuotaExceeded.class);
        FIRST.jobs(namespace).quota(Quota.NONE);
        IntStream.range(0, 5).forEach(_ -> runs.enqueue(later()));

        assertThat(FIRST.jobs(namespace).quota()).isEqualTo(Quota.NONE);
    }

    @Test
    void those_with_a_key_and_those_without_count_together_in_one_batch() throws Exception {
        var namespace = limited("mixed", new Quota(3, null, null));
        var four =
                List.of(
                        later().unique("a", OnConflict.REJECT),
                        later(),
                        later().unique("b", OnConflict.REJECT),
                        later());

        assertThatThrownBy(() -> FIRST.runs(namespace).enqueueAll(four))
                .isInstanceOf(KedgeException.QuotaExceeded.class);

        assertThat(pending(namespace)).isZero();
        assertThat(FIRST.runs(namespace).enqueueAll(four.subList(0, 3))).hasSize(3);
    }

    private static String lockTimeout(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("show lock_timeout")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static long pending(Namespace namespace) throws Exception {
        return DB.number(
                "select count(*) from kedge.active_run where state = 'pending' and namespace = '%s'"
                        .formatted(namespace));
    }
}
