package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.JobName;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClaimTest {

    private static final TestQueue QUEUE = new TestQueue();
    private static final LeaseStore.Holder WORKER = QUEUE.worker();

    @Test
    void the_most_important_run_comes_first_and_among_equals_the_oldest() {
        var lane = QUEUE.lane("ordered");
        var plain = QUEUE.submit(lane, QUEUE.run("ordered"));
        var low = QUEUE.submit(lane, QUEUE.run("ordered").withPriority(-5));
        var high = QUEUE.submit(lane, QUEUE.run("ordered").withPriority(9));
        var plainToo = QUEUE.submit(lane, QUEUE.run("ordered"));

        assertThat(ids(QUEUE.claim(WORKER, 10, lane))).containsExactly(high, plain, plainToo, low);
    }

    @Test
    void the_oldest_run_comes_first_where_it_is_the_turn_of_the_oldest() {
        var lane = QUEUE.lane("fair");
        var low = QUEUE.submit(lane, QUEUE.run("fair").withPriority(-100));
        IntStream.range(0, 20)
                .forEach(i -> QUEUE.submit(lane, QUEUE.run("fair").withPriority(i % 3)));

        assertThat(ids(QUEUE.claimOldest(WORKER, 1, lane))).containsExactly(low);
        QUEUE.claim(WORKER, 100, lane);
    }

    @Test
    void the_most_important_lane_comes_first_and_among_equals_they_take_turns() {
        var one = QUEUE.lane("lane-one");
        var two = QUEUE.lane("lane-two");
        var first = QUEUE.submit(one, "lane-one", 3);
        var urgent = QUEUE.submit(two, QUEUE.run("lane-two").withPriority(1));
        var second = QUEUE.submit(two, "lane-two", 3);

        var claimed = ids(QUEUE.claim(WORKER, 4, one, two));

        assertThat(claimed).containsExactly(urgent, first.get(0), first.get(1), second.get(0));
        QUEUE.claim(WORKER, 100, one, two);
    }

    @Test
    void no_more_is_leased_than_asked_for() {
        var one = QUEUE.lane("many-one");
        var two = QUEUE.lane("many-two");
        QUEUE.submit(one, "many-one", 10);
        QUEUE.submit(two, "many-two", 10);

        assertThat(QUEUE.claim(WORKER, 7, one, two)).hasSize(7);
        assertThat(QUEUE.claimOldest(WORKER, 7, one, two)).hasSize(7);
        assertThat(QUEUE.claim(WORKER, 7, one, two)).hasSize(6);
    }

    @Test
    void a_lane_that_is_not_offered_is_left_alone() {
        var offered = QUEUE.lane("offered");
        var other = QUEUE.lane("not-offered");
        QUEUE.submit(other, "not-offered", 1);

        assertThat(QUEUE.claim(WORKER, 10, offered)).isEmpty();
        assertThat(QUEUE.claimOldest(WORKER, 10, offered)).isEmpty();
    }

    @Test
    void a_paused_job_waits_until_it_goes_on() {
        var lane = QUEUE.lane("paused");
        QUEUE.submit(lane, "paused", 1);
        pause(true);

        assertThat(QUEUE.claim(WORKER, 10, lane)).isEmpty();
        assertThat(QUEUE.claimOldest(WORKER, 10, lane)).isEmpty();

        pause(false);
        assertThat(QUEUE.claim(WORKER, 10, lane)).hasSize(1);
    }

    @Test
    void an_expired_run_is_not_leased() {
        var lane = QUEUE.lane("expired");
        QUEUE.submit(lane, QUEUE.run("expired").expiring(Instant.now().minusSeconds(1)));

        assertThat(QUEUE.claim(WORKER, 10, lane)).isEmpty();
        assertThat(QUEUE.claimOldest(WORKER, 10, lane)).isEmpty();
    }

    @Test
    void a_run_is_not_leased_before_its_time() {
        var lane = QUEUE.lane("later");
        var later = QUEUE.submit(lane, QUEUE.run("later").after(Duration.ofHours(1)));
        QUEUE.db.autocommit(tx -> QUEUE.timers.ripen(tx, 1_000));

        assertThat(QUEUE.claim(WORKER, 10, lane)).isEmpty();
        assertThat(QUEUE.find(later).state()).isEqualTo(RunState.PENDING);
    }

    @Test
    void a_claim_counts_an_attempt_but_one_that_goes_on_is_the_same() {
        var lane = QUEUE.lane("counted");
        QUEUE.submit(lane, "counted", 1);

        var first = QUEUE.claim(WORKER, 1, lane).getFirst();
        QUEUE.release(first.lease(), new Transition.HandBack());
        var handedBack = QUEUE.claim(WORKER, 1, lane).getFirst();
        QUEUE.release(handedBack.lease(), new Transition.Resume());
        var resumed = QUEUE.claim(WORKER, 1, lane).getFirst();

        assertThat(first.attempt()).isEqualTo(1);
        assertThat(handedBack.attempt()).isEqualTo(1);
        assertThat(handedBack.lease().epoch()).isEqualTo(3);
        assertThat(resumed.attempt()).isEqualTo(2);
        assertThat(resumed.spent().losses()).isEqualTo(1);
    }

    @Test
    void claims_that_come_together_never_lease_the_same_run() throws Exception {
        var lane = QUEUE.lane("contended");
        var claimers = 6;
        var runs = 300;
        QUEUE.submit(lane, "contended", runs);
        var together = new CyclicBarrier(claimers);
        Callable<List<RunId>> claimer =
                () -> {
                    var mine = new ArrayList<RunId>();
                    var holder = QUEUE.worker();
                    together.await();
                    for (var idle = 0; idle < 3; ) {
                        var claimed = QUEUE.claim(holder, 7, lane);
                        mine.addAll(ids(claimed));
                        idle = claimed.isEmpty() ? idle + 1 : 0;
                    }
                    return mine;
                };

        var all = new ArrayList<RunId>();
        try (var threads = Executors.newFixedThreadPool(claimers)) {
            var tasks = IntStream.range(0, claimers).mapToObj(_ -> claimer).toList();
            for (var claimed : threads.invokeAll(tasks)) {
                all.addAll(claimed.get());
            }
        }

        assertThat(all).hasSize(runs).doesNotHaveDuplicates();
    }

    @Test
    void a_worker_of_another_generation_or_declared_lost_is_told_so() throws Exception {
        var lane = QUEUE.lane("refused");
        QUEUE.submit(lane, "refused", 1);
        var holder = QUEUE.worker();
        var next = QUEUE.db.find(tx -> QUEUE.workers.nextGeneration(tx, holder.worker()));
        assertThat(next).isEqualTo(2);

        assertThat(claimOrNull(holder, lane)).isNull();
        QUEUE.execute(
                "update kedge.worker set lost_at = now() where worker_id = '%s'"
                        .formatted(holder.worker()));
        assertThat(claimOrNull(new LeaseStore.Holder(holder.worker(), 2), lane)).isNull();
    }

    private static @Nullable List<Claimed> claimOrNull(LeaseStore.Holder holder, int lane) {
        return QUEUE.db.find(tx -> QUEUE.leases.claim(tx, holder, TestQueue.offers(lane), 1));
    }

    private static void pause(boolean paused) {
        QUEUE.db.inTransaction(
                tx -> QUEUE.jobs.pause(tx, TestQueue.NAMESPACE, new JobName("paused"), paused));
    }

    private static List<RunId> ids(List<Claimed> claimed) {
        return claimed.stream().map(run -> run.lease().run()).toList();
    }
}
