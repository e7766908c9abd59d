package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Enqueued;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnConflict;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SubmitTest {

    private static final int SUBMITTERS = 16;
    private static final Duration FAR = Duration.ofDays(1);

    private static final TestEngine DB = new TestEngine();
    private static final CountDownLatch HELD = new CountDownLatch(1);

    private static final Engine ENGINE =
            DB.start(builder ->
                    builder.job("keyed", String.class, (text, _) -> text)
                            .job("plain", String.class, (text, _) -> text)
                            .job("paused", String.class, (text, _) -> text)
                            .job("removed", String.class, (text, _) -> text)
                            .job(
                                    "held",
                                    String.class,
                                    (text, _) -> {
                                        awaitQuietly(HELD);
                                        return text;
                                    }));

    @AfterAll
    static void stop() {
        HELD.countDown();
        DB.close();
    }

    @Test
    void a_key_that_is_taken_is_refused_and_the_holder_named() {
        var first = ENGINE.runs().enqueue(keyed("one", "reject", OnConflict.REJECT));

        assertThatThrownBy(() -> ENGINE.runs().enqueue(keyed("two", "reject", OnConflict.REJECT)))
                .isInstanceOfSatisfying(
                        KedgeException.Conflict.class,
                        conflict -> {
                            assertThat(conflict.code()).isEqualTo("key_taken");
                            assertThat(conflict.run()).isEqualTo(first.run());
                        });
    }

    @Test
    void a_key_that_is_taken_may_be_answered_with_its_holder() {
        var first = ENGINE.runs().enqueue(keyed("one", "return", OnConflict.RETURN));
        var second = ENGINE.runs().enqueue(keyed("two", "return", OnConflict.RETURN));

        assertThat(first.created()).isTrue();
        assertThat(second).isEqualTo(new Enqueued(first.run(), false));
        assertThat(ENGINE.runs().get(first.run()).payload().text()).isEqualTo("\"one\"");
    }

    @Test
    void a_waiting_holder_of_a_key_may_be_replaced_and_keeps_its_id() throws Exception {
        var first = ENGINE.runs().enqueue(keyed("one", "replace", OnConflict.REPLACE));
        var second =
                ENGINE.runs()
                        .enqueue(
                                keyed("two", "replace", OnConflict.REPLACE)
                                        .after(Duration.ZERO)
                                        .withTags(List.of("newer")));

        assertThat(second).isEqualTo(new Enqueued(first.run(), false));
        var ended = ENGINE.runs().await(first.run(), TestEngine.SOON);
        assertThat(ENGINE.result(ended, String.class)).isEqualTo("two");
        assertThat(ended.tags()).containsExactly("newer");
    }

    @Test
    void a_running_holder_of_a_key_is_not_replaced() throws Exception {
        var run = ENGINE.newRun("held", "one").unique("running", OnConflict.REPLACE);
        var first = ENGINE.runs().enqueue(run);
        ENGINE.runs().await(first.run(), now -> now.state() == RunState.RUNNING, TestEngine.SOON);

        var second =
                ENGINE.runs()
                        .enqueue(
                                ENGINE.newRun("held", "two").unique("running", OnConflict.REPLACE));

        assertThat(second).isEqualTo(new Enqueued(first.run(), false));
        assertThat(ENGINE.runs().get(first.run()).payload().text()).isEqualTo("\"one\"");
        HELD.countDown();
    }

    @Test
    void a_key_is_free_again_when_its_run_has_ended() throws Exception {
        var run = ENGINE.newRun("plain", "x").unique("free", OnConflict.REJECT);
        var first = ENGINE.runs().enqueue(run).run();
        ENGINE.runs().await(first, TestEngine.SOON);

        assertThat(ENGINE.runs().enqueue(run).run()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource
    void of_many_that_want_a_key_at_once_one_gets_it(OnConflict onConflict) throws Exception {
        for (var round = 0; round < 5; round++) {
            var key = "race-" + onConflict + round;
            var together = new CyclicBarrier(SUBMITTERS);
            Callable<Enqueued> submitter =
                    () -> {
                        together.await();
                        return ENGINE.runs().enqueue(keyed("x", key, onConflict));
                    };
            var created = 0;
            var refused = 0;
            var runs = new HashSet<>();
            try (var threads = Executors.newFixedThreadPool(SUBMITTERS)) {
                var submitters = Stream.generate(() -> submitter).limit(SUBMITTERS).toList();
                for (var answer : threads.invokeAll(submitters)) {
                    try {
                        runs.add(answer.get().run());
                        created += answer.get().created() ? 1 : 0;
                    } catch (ExecutionException failed) {
                        assertThat(failed)
                                .hasCauseInstanceOf(KedgeException.Conflict.class)
                                .hasMessageContaining("has the key '" + key + "'");
                        refused++;
                    }
                }
            }

            assertThat(runs).as("the runs of key %s", key).hasSize(1);
            assertThat(created).isEqualTo(1);
            assertThat(refused).isEqualTo(onConflict == OnConflict.REJECT ? SUBMITTERS - 1 : 0);
            assertThat(
                            DB.number(
                                    "select count(*) from kedge.active_run where key = '%s'"
                                            .formatted(key)))
                    .isEqualTo(1);
        }
    }

    @Test
    void batches_that_want_the_same_keys_in_another_order_do_not_block_each_other()
            throws Exception {
        var keys = IntStream.range(0, 20).mapToObj(i -> "cross-" + i).toList();
        var together = new CyclicBarrier(4);
        var tasks = new ArrayList<Callable<List<Enqueued>>>();
        for (var i = 0; i < 4; i++) {
            var ordered = i % 2 == 0 ? keys : keys.reversed();
            tasks.add(() -> {
                together.await();
                return ENGINE.runs()
                        .enqueueAll(
                                ordered.stream()
                                        .map(key -> keyed("x", key, OnConflict.RETURN))
                                        .toList());
            });
        }
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var answer : threads.invokeAll(tasks)) {
                assertThat(answer.get()).hasSize(20);
            }
        }
        assertThat(DB.number("select count(*) from kedge.active_run where key like 'cross-%'"))
                .isEqualTo(20);
    }

    @Test
    void a_run_in_the_callers_transaction_exists_if_and_only_if_that_commits() throws Exception {
        try (var connection = DB.connection()) {
            connection.setAutoCommit(false);
            var gone = ENGINE.runs().enqueue(connection, ENGINE.newRun("plain", "gone")).run();
            assertThat(ENGINE.runs().find(gone)).isEmpty();
            connection.rollback();
            var kept = ENGINE.runs().enqueue(connection, ENGINE.newRun("plain", "kept")).run();
            connection.commit();

            var ended = ENGINE.runs().await(kept, TestEngine.SOON);
            assertThat(ENGINE.result(ended, String.class)).isEqualTo("kept");
            assertThat(ENGINE.runs().find(gone)).isEmpty();
        }
    }

    @Test
    void of_a_batch_in_which_each_stands_for_itself_only_that_fails_which_cannot_be_written()
            throws Exception {
        DB.execute(
                "create function forbid() returns trigger language plpgsql as $$ begin raise"
                        + " 'forbidden'; end $$");
        DB.execute(
                "create trigger forbidding before insert on kedge.run for each row when"
                        + " (new.payload = '\"forbidden\"'::bytea) execute function forbid()");

        var answers =
                ENGINE.runs()
                        .enqueueEach(
                                List.of(
                                        ENGINE.newRun("plain", "a"),
                                        ENGINE.newRun("plain", "forbidden"),
                                        ENGINE.newRun("plain", "c")));

        assertThat(answers)
                .extracting(answer -> (Object) answer.getClass().getSimpleName())
                .containsExactly("Accepted", "Refused", "Accepted");
    }

    @Test
    void a_batch_is_stored_whole_or_not_at_all() throws Exception {
        ENGINE.runs().enqueue(keyed("x", "batch", OnConflict.REJECT));
        var before = DB.number("select count(*) from kedge.run");

        assertThatThrownBy(() ->
                        ENGINE.runs()
                                .enqueueAll(
                                        List.of(
                                                ENGINE.newRun("plain", "a"),
                                                keyed("b", "batch", OnConflict.REJECT))))
                .isInstanceOf(KedgeException.Conflict.class);

        assertThat(DB.number("select count(*) from kedge.run")).isEqualTo(before);
    }

    @Test
    void of_a_loose_batch_only_the_refused_are_not_stored() {
        ENGINE.runs().enqueue(keyed("x", "loose", OnConflict.REJECT));

        var answers =
                ENGINE.runs()
                        .enqueueEach(
                                List.of(
                                        ENGINE.newRun("plain", "a"),
                                        NewRun.of(
                                                new JobName("unknown"),
                                                ENGINE.newRun("plain", "b").payload()),
                                        keyed("c", "loose", OnConflict.REJECT),
                                        ENGINE.newRun("plain", "d")));

        assertThat(answers)
                .extracting(answer -> (Object) answer.getClass().getSimpleName())
                .containsExactly("Accepted", "Refused", "Refused", "Accepted");
    }

    @Test
    void a_disabled_job_takes_no_runs_until_it_is_enabled_even_by_another_engine() {
        var job = TestEngine.job("switched", JobPolicy.DEFAULT);
        ENGINE.jobs(job.namespace()).define(enabled(job, false));

        assertThatThrownBy(() -> ENGINE.runs().enqueue(ENGINE.newRun("switched", "x")))
                .hasMessageContaining("is disabled");
        var other = DB.start(builder -> builder);
        other.jobs(job.namespace()).define(enabled(job, true));
        assertThat(ENGINE.runs().enqueue(ENGINE.newRun("switched", "x")).created()).isTrue();
    }

    private static Job enabled(Job job, boolean enabled) {
        return new Job(
                job.namespace(), job.name(), job.binding(), job.policy(), null, enabled, false, 1);
    }

    @Test
    void a_paused_job_takes_runs_and_starts_none() throws Exception {
        var jobs = ENGINE.jobs(Namespace.DEFAULT);
        jobs.pause(new JobName("paused"));
        var run = ENGINE.runs().enqueue(ENGINE.newRun("paused", "x")).run();
        var other = ENGINE.runs().enqueue(ENGINE.newRun("plain", "x")).run();
        ENGINE.runs().await(other, TestEngine.SOON);

        assertThat(ENGINE.runs().get(run).state()).isEqualTo(RunState.PENDING);
        jobs.resume(new JobName("paused"));
        assertThat(ENGINE.runs().await(run, TestEngine.SOON).state()).isEqualTo(RunState.COMPLETED);
    }

    @Test
    void a_removed_job_takes_no_runs_and_its_waiting_ones_are_cancelled() {
        var waiting = ENGINE.runs().enqueue(ENGINE.newRun("removed", "x").after(FAR)).run();

        ENGINE.jobs(Namespace.DEFAULT).remove(new JobName("removed"));

        assertThat(ENGINE.runs().get(waiting).state()).isEqualTo(RunState.CANCELLED);
        assertThatThrownBy(() -> ENGINE.runs().enqueue(ENGINE.newRun("removed", "x")))
                .isInstanceOf(KedgeException.NotFound.class);
    }

    @Test
    void a_run_never_starts_before_its_time_and_hardly_after_it() throws Exception {
        var delayed =
                ENGINE.runs()
                        .enqueue(ENGINE.newRun("plain", "x").after(Duration.ofMillis(1_200)))
                        .run();
        var at = Instant.now().plusMillis(1_500);
        var timed = ENGINE.runs().enqueue(ENGINE.newRun("plain", "x").at(at)).run();

        for (var run : List.of(delayed, timed)) {
            var ended = ENGINE.runs().await(run, TestEngine.SOON);
            assertThat(Duration.between(ended.dueAt(), ended.startedAt()))
                    .isBetween(Duration.ZERO, Duration.ofSeconds(5));
        }
        assertThat(ENGINE.runs().get(timed).dueAt()).isEqualTo(at.truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void a_run_that_did_not_start_in_time_is_cancelled_and_says_so() throws Exception {
        var run =
                ENGINE.runs()
                        .enqueue(
                                ENGINE.newRun("plain", "x")
                                        .after(FAR)
                                        .expiring(Instant.now().plusMillis(100)))
                        .run();

        var ended = ENGINE.runs().await(run, TestEngine.SOON);

        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.cancelReason()).isEqualTo("expired before it could start");
        assertThat(ended.startedAt()).isNull();
    }

    @Test
    void a_failed_run_is_retried_as_a_new_one_that_names_it() throws Exception {
        var failed =
                ENGINE.runs().enqueue(NewRun.of(new JobName("plain"), Payload.ofJson("[1]"))).run();
        ENGINE.runs().await(failed, TestEngine.SOON);

        var retried = ENGINE.runs().retry(failed, false);
        var again = ENGINE.runs().rerun(failed, ENGINE.newRun("plain", "mended").payload());

        assertThat(ENGINE.runs().get(retried.run()).origin()).isEqualTo(failed);
        var mended = ENGINE.runs().await(again.run(), TestEngine.SOON);
        assertThat(mended.origin()).isEqualTo(failed);
        assertThat(mended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ENGINE.runs().get(failed).state()).isEqualTo(RunState.FAILED);
        assertThatThrownBy(() -> ENGINE.runs().retry(again.run(), false))
                .hasMessageContaining("only a failed run can be retried");
    }

    @Test
    void what_is_important_starts_first() throws Exception {
        var jobs = ENGINE.jobs(Namespace.DEFAULT);
        var order = new ArrayList<String>();
        var single =
                DB.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withShortLease().withSlots(1))
                                .job(
                                        "ordered",
                                        String.class,
                                        (text, _) -> {
                                            order.add(text);
                                            return text;
                                        }));
        jobs.pause(new JobName("ordered"));
        var runs = new ArrayList<RunId>();
        for (var name : List.of("low", "high", "middle")) {
            var priority = List.of("low", "middle", "high").indexOf(name);
            runs.add(
                    single.runs()
                            .enqueue(single.newRun("ordered", name).withPriority(priority))
                            .run());
        }
        jobs.resume(new JobName("ordered"));
        for (var run : runs) {
            single.runs().await(run, TestEngine.SOON);
        }

        // Every fourth claim takes the oldest, whatever its priority; it may be one of these.
        assertThat(order).hasSize(3);
        assertThat(order.indexOf("high")).isLessThan(order.indexOf("middle"));
    }

    private static NewRun keyed(String text, String key, OnConflict onConflict) {
        return ENGINE.newRun("keyed", text).after(FAR).unique(key, onConflict);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
