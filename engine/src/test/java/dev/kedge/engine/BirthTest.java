package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Cause;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.RunIds;
import dev.kedge.model.RunState;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.Offer;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.StartStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that start where they are submitted. */
@Timeout(60)
class BirthTest {

    private static final Outcome DONE = new Outcome.Succeeded(Payload.ofJson("\"done\""));

    /** A bell that was silent for 15 seconds is probed, and who hears it looks for runs. */
    private static final Duration BEFORE_THE_BELL_IS_PROBED = Duration.ofSeconds(12);

    private final TestEngine db = new TestEngine();

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void a_run_starts_at_once_where_a_slot_is_free_and_nobody_waits() throws Exception {
        var engine =
                db.start(builder ->
                        builder.job(TestEngine.job("quick", JobPolicy.DEFAULT), _ -> DONE));

        awaitCaughtUp(engine);

        assertThat(db.number("select count(*) from kedge.ended_run where attempt <> 1")).isZero();
        assertThat(db.number("select count(*) from kedge.active_run")).isZero();
    }

    @Test
    void beyond_the_free_slots_runs_wait_in_the_queue_and_are_carried_out() throws Exception {
        var gate = new CountDownLatch(1);
        var engine =
                db.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withSlots(2))
                                .job(
                                        TestEngine.job("slow", JobPolicy.DEFAULT),
                                        _ -> {
                                            gate.await();
                                            return DONE;
                                        })
                                .job(TestEngine.job("quick", JobPolicy.DEFAULT), _ -> DONE));
        awaitCaughtUp(engine);
        var runs = new ArrayList<RunId>();
        for (var i = 0; i < 4; i++) {
            runs.add(engine.runs().enqueue(engine.newRun("slow", i)).run());
        }

        assertThat(engine.runs().get(runs.getLast()).state()).isEqualTo(RunState.PENDING);
        gate.countDown();
        for (var run : runs) {
            var ended = engine.runs().await(run, TestEngine.SOON);
            assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
            assertThat(ended.attempt()).isEqualTo(1);
        }
    }

    @Test
    void the_slots_left_for_births_are_given_to_who_waits_when_no_other_is_free() throws Exception {
        var gate = new CountDownLatch(1);
        var busy = new CountDownLatch(3);
        var wokenByDoorbells =
                new EngineConfig(
                        4,
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(6),
                        Duration.ofMinutes(2),
                        EngineConfig.DEFAULT.payloadBytesMax());
        var engine =
                db.start(builder ->
                        builder.config(wokenByDoorbells)
                                .job(
                                        TestEngine.job("slow", JobPolicy.DEFAULT),
                                        _ -> {
                                            busy.countDown();
                                            gate.await();
                                            return DONE;
                                        })
                                .job(TestEngine.job("quick", JobPolicy.DEFAULT), _ -> DONE));
        var elsewhere =
                db.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withSlots(0))
                                .job(TestEngine.job("quick", JobPolicy.DEFAULT), _ -> DONE));
        awaitCaughtUp(engine);
        for (var i = 0; i < 3; i++) {
            engine.runs().enqueue(engine.newRun("slow", i));
        }
        busy.await();
        awaitCaughtUp(engine);

        try {
            var run = elsewhere.runs().enqueue(elsewhere.newRun("quick", null)).run();
            assertThat(elsewhere.runs().await(run, BEFORE_THE_BELL_IS_PROBED).state())
                    .isEqualTo(RunState.COMPLETED);
        } finally {
            gate.countDown();
        }
    }

    /** Until a claim found nothing more: what is submitted from then on starts at once. */
    private static void awaitCaughtUp(Engine engine) throws InterruptedException {
        var before = engine.meters().runsStartedAtOnce();
        while (engine.meters().runsStartedAtOnce() == before) {
            var run = engine.runs().enqueue(engine.newRun("quick", null)).run();
            assertThat(engine.runs().await(run, TestEngine.SOON).attempt()).isEqualTo(1);
        }
    }

    @Test
    void a_start_of_which_the_worker_never_heard_is_handed_back_and_begins_then() throws Exception {
        var engine =
                db.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withShortLease())
                                .job(TestEngine.job("unheard", JobPolicy.DEFAULT), _ -> DONE));
        var lane = (int) db.number("select max(lane) from kedge.lane");
        var ids = new RunIds(InstantSource.system(), RandomGenerator.getDefault());
        var run =
                new Submitted(
                        ids.next(),
                        Namespace.DEFAULT,
                        lane,
                        0,
                        engine.newRun("unheard", null),
                        Cause.SUBMITTED,
                        null);
        var holder = new LeaseStore.Holder(engine.workers().getFirst().id(), 1);

        var leased =
                db.db()
                        .autocommit(tx ->
                                new StartStore()
                                        .insert(
                                                tx,
                                                List.of(run),
                                                holder,
                                                Map.of(run.id(), new Offer(lane, null))));

        assertThat(leased).hasSize(1);
        var ended = engine.runs().await(run.id(), TestEngine.SOON);
        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ended.spent().losses()).isZero();
    }
}
