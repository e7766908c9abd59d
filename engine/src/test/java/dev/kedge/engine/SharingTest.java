package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Binding;
import dev.kedge.model.Failure;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnWorkerLost;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.RetryPolicy;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.WorkerId;
import dev.kedge.store.Claimed;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.Offer;
import dev.kedge.store.WorkerStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several engines on one database: sharing, leaving, dying. */
class SharingTest {

    private static final Outcome DONE = new Outcome.Succeeded(Payload.ofJson("\"done\""));

    private final TestEngine db = new TestEngine();

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void engines_share_the_work_and_none_does_it_twice() throws Exception {
        var carriedOut = new ConcurrentHashMap<RunId, Integer>();
        var shares = List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        var together = new CountDownLatch(3);
        var engines = new ArrayList<Engine>();
        for (var share : shares) {
            engines.add(
                    db.start(builder ->
                            builder.config(EngineConfig.DEFAULT.withShortLease().withSlots(4))
                                    .job(
                                            "shared",
                                            context -> {
                                                if (share.incrementAndGet() == 1) {
                                                    together.countDown();
                                                }
                                                together.await(); // No engine does it all alone.
                                                carriedOut.merge(context.runId(), 1, Integer::sum);
                                                return DONE;
                                            })));
        }
        var first = engines.getFirst();
        var runs = new ArrayList<RunId>();
        for (var i = 0; i < 300; i++) {
            runs.add(first.runs().enqueue(first.newRun("shared", null)).run());
        }

        for (var run : runs) {
            assertThat(first.runs().await(run, TestEngine.SOON).state())
                    .isEqualTo(RunState.COMPLETED);
        }
        assertThat(carriedOut).hasSize(300).containsValue(1).doesNotContainValue(2);
        assertThat(shares).allMatch(share -> share.get() > 0);
        assertThat(first.runs().counts().total()).containsEntry(RunState.COMPLETED, 300L);
    }

    @Test
    void an_engine_leaves_alone_what_it_has_no_handler_for() throws Exception {
        var able = db.start(builder -> builder.job("java", _ -> DONE));
        var unable = db.start(builder -> builder.job("other", _ -> DONE));
        var run = unable.runs().enqueue(unable.newRun("java", null)).run();

        assertThat(unable.runs().await(run, TestEngine.SOON).state()).isEqualTo(RunState.COMPLETED);
        assertThat(able.meters().attemptsStarted()).isEqualTo(1);
        assertThat(unable.meters().attemptsStarted()).isZero();
    }

    @Test
    void functions_and_java_handlers_do_not_take_each_others_runs() throws Exception {
        var java = db.start(builder -> builder.job("java", _ -> DONE));
        var functions = db.start(builder -> builder.functions(_ -> _ -> DONE));
        java.deployments(Namespace.DEFAULT).deploy("code", "export default 1", true);
        java.jobs(Namespace.DEFAULT)
                .define(
                        Job.of(
                                Namespace.DEFAULT,
                                new JobName("function"),
                                new Binding.Function("code"),
                                JobPolicy.DEFAULT));

        for (var i = 0; i < 10; i++) {
            for (var job : List.of("java", "function")) {
                var run = java.runs().enqueue(java.newRun(job, null)).run();
                assertThat(java.runs().await(run, TestEngine.SOON).state())
                        .isEqualTo(RunState.COMPLETED);
            }
        }
        assertThat(java.meters().attemptsStarted()).isEqualTo(10);
        assertThat(functions.meters().attemptsStarted()).isEqualTo(10);
    }

    @Test
    void an_engine_without_slots_submits_and_is_nobodys_worker() throws Exception {
        var submitting =
                db.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withSlots(0)).job("job", _ -> DONE));
        assertThat(submitting.workers()).isEmpty();
        assertThat(submitting.health().checks())
                .contains(new Health.Check("worker", true, "has no slots and takes no runs"));
        var run = submitting.runs().enqueue(submitting.newRun("job", null)).run();

        db.start(builder -> builder.job("job", _ -> DONE));

        assertThat(submitting.runs().await(run, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);
    }

    @Test
    void an_engine_that_stops_hands_back_what_does_not_end_in_time() throws Exception {
        BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
        var patient = new CountDownLatch(1);
        var leaving =
                db.start(builder ->
                        builder.job(
                                "long",
                                context -> {
                                    attempts.add(context.attempt());
                                    patient.await();
                                    return DONE;
                                }));
        var run = leaving.runs().enqueue(leaving.newRun("long", null)).run();
        assertThat(attempts.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
        var began = System.nanoTime();

        leaving.stop(Duration.ofMillis(200));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TestEngine.SOON);
        assertThat(db.number("select count(*) from kedge.active_run where state = 'pending'"))
                .isEqualTo(1);
        patient.countDown();
        var staying =
                db.start(builder ->
                        builder.job(
                                "long",
                                context -> {
                                    attempts.add(context.attempt());
                                    return DONE;
                                }));
        assertThat(staying.runs().await(run, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);
        assertThat(attempts.poll()).as("the attempt was not spent").isEqualTo(1);
    }

    @Test
    void an_engine_that_stops_lets_attempts_end_and_keeps_their_results() throws Exception {
        var started = new CountDownLatch(1);
        var leaving =
                db.start(builder ->
                        builder.job(
                                "short",
                                _ -> {
                                    started.countDown();
                                    var _ = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
                                    return DONE;
                                }));
        var run = leaving.runs().enqueue(leaving.newRun("short", null)).run();
        started.await();

        leaving.stop(Duration.ofSeconds(20));

        var looking = db.start(builder -> builder);
        assertThat(looking.runs().get(run).state()).isEqualTo(RunState.COMPLETED);
        assertThatThrownBy(() -> leaving.runs().enqueue(looking.newRun("short", null)))
                .hasMessageContaining("shutting down");
    }

    @Test
    void a_run_is_set_apart_at_its_third_lost_worker() throws Exception {
        var keeper = db.start(builder -> builder);
        define(keeper, "poison", RecoveryPolicy.DEFAULT);
        var run = keeper.runs().enqueue(keeper.newRun("poison", null)).run();

        for (var loss = 1; loss <= 3; loss++) {
            claimAndDie(run);
        }

        var ended = keeper.runs().await(run, TestEngine.SOON);
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(TestEngine.failureOf(ended).code()).isEqualTo(Failure.Code.WORKER_LOST_LIMIT);
        assertThat(ended.spent().losses()).isEqualTo(3);
        assertThat(ended.spent().failures()).isZero();
        assertThat(keeper.runs().attempts(run)).hasSize(2);
    }

    @Test
    void a_run_that_must_not_start_twice_fails_with_its_worker() throws Exception {
        var keeper = db.start(builder -> builder);
        define(keeper, "once", new RecoveryPolicy(RetryPolicy.DEFAULT, OnWorkerLost.FAIL, 3));
        var run = keeper.runs().enqueue(keeper.newRun("once", null)).run();

        claimAndDie(run);

        var ended = keeper.runs().await(run, TestEngine.SOON);
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(TestEngine.failureOf(ended).code()).isEqualTo(Failure.Code.WORKER_LOST);
    }

    @Test
    void a_lost_worker_is_swept_of_everything_it_held_however_much() throws Exception {
        var keeper = db.start(builder -> builder);
        define(keeper, "many", RecoveryPolicy.DEFAULT);
        var runs = new ArrayList<NewRun>();
        for (var i = 0; i < 2_500; i++) {
            runs.add(keeper.newRun("many", null));
        }
        var last = keeper.runs().enqueueAll(runs).getLast().run();

        claimAndDie(last);

        keeper.runs().await(last, run -> run.spent().losses() == 1, TestEngine.SOON);
        db.start(builder -> builder.job(TestEngine.job("many", JobPolicy.DEFAULT), _ -> DONE));
        keeper.runs().await(last, TestEngine.SOON);
        assertThat(db.number("select count(*) from kedge.attempt")).isEqualTo(2_500);
        assertThat(keeper.runs().get(last).attempt()).isEqualTo(2);
    }

    @Test
    void a_run_that_was_to_stop_ends_with_its_worker() throws Exception {
        var keeper = db.start(builder -> builder);
        define(keeper, "stopped", RecoveryPolicy.DEFAULT);
        var run = keeper.runs().enqueue(keeper.newRun("stopped", null)).run();
        var lease = Duration.ofSeconds(3);

        claim(run, lease);
        keeper.runs().cancel(run, "Ada");

        var ended = keeper.runs().await(run, TestEngine.SOON);
        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.cancelReason()).isEqualTo("cancelled by Ada");
    }

    private static void define(Engine engine, String job, RecoveryPolicy recovery) {
        engine.jobs(Namespace.DEFAULT)
                .define(TestEngine.job(job, JobPolicy.DEFAULT.withRecovery(recovery)));
    }

    /** A worker takes whatever is there, {@code run} too, and is never heard of again. */
    private void claimAndDie(RunId run) throws Exception {
        claim(run, Duration.ZERO);
    }

    private void claim(RunId run, Duration lease) throws Exception {
        var store = db.db();
        var lane = (int) db.number("select max(lane) from kedge.lane");
        var until = System.nanoTime() + TestEngine.SOON.toNanos();
        // A long lease until the claim is made, so that nobody is declared lost before it.
        var holder = new LeaseStore.Holder(new WorkerId(UUID.randomUUID()), 1);
        var workers = new WorkerStore();
        store.inTransaction(
                tx -> workers.register(tx, holder.worker(), "here", 1, 1, Duration.ofHours(1)));
        var leases = new LeaseStore();
        var offers = List.of(new Offer(lane, null));
        while (true) {
            var claimed = store.<List<Claimed>>find(tx -> leases.claim(tx, holder, offers, 10_000));
            if (claimed != null
                    && claimed.stream().anyMatch(taken -> taken.lease().run().equals(run))) {
                store.autocommit(tx -> workers.beat(tx, holder.worker(), lease));
                return;
            }
            assertThat(System.nanoTime()).as("run %s can be claimed", run).isLessThan(until);
        }
    }
}
