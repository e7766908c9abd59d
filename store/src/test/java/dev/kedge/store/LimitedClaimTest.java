package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Binding;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Limits;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.QueueName;
import dev.kedge.model.RateLimit;
import dev.kedge.model.RunId;
import dev.kedge.model.Transition;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a claim takes of lanes whose job or namespace has a limit. */
class LimitedClaimTest {

    private final TestQueue queue = new TestQueue();
    private final LimitStore limits = new LimitStore();
    private final LeaseStore.Holder worker = queue.worker();

    @AfterEach
    void close() {
        queue.db.close();
    }

    @Test
    void a_job_with_a_limit_gives_at_most_as_many_as_may_run_in_all_its_lanes() {
        var one = lane("capped", Limits.atOnce(3));
        var two = anotherLane("capped");
        queue.submit(one, "capped", 5);
        var urgent = queue.submit(two, queue.run("capped").withPriority(9));

        var claimed = claim(10, one, two).runs();

        assertThat(claimed).hasSize(3);
        assertThat(claimed.getFirst().lease().run()).isEqualTo(urgent);
        assertThat(claim(10, one, two).runs()).isEmpty();
        queue.complete(claimed.getFirst().lease());
        queue.release(claimed.get(1).lease(), new Transition.Snooze(Duration.ofHours(1)));
        assertThat(claim(10, one, two).runs()).hasSize(2);
    }

    @Test
    void claims_without_a_look_at_limits_leave_limited_lanes_alone() {
        var capped = lane("capped", Limits.atOnce(3));
        var free = queue.lane("free");
        queue.submit(capped, "capped", 1);
        queue.submit(free, "free", 1);

        assertThat(queue.claim(worker, 10, capped, free)).hasSize(1);
        assertThat(queue.claimOldest(worker, 10, capped, free)).isEmpty();
        assertThat(claim(10, capped, free).runs()).hasSize(1);
    }

    @Test
    void a_lane_that_lost_its_limit_is_claimed_nevertheless() {
        var lane = queue.lane("free");
        queue.submit(lane, "free", 3);

        assertThat(claim(2, lane).runs()).hasSize(2);
        assertThat(claimOldest(2, lane).runs()).hasSize(1);
    }

    @Test
    void a_namespace_with_a_limit_counts_the_runs_of_all_its_jobs() {
        var one = queue.lane("one");
        var two = queue.lane("two");
        queue.submit(one, "one", 3);
        queue.submit(two, "two", 3);
        assertThat(queue.claim(worker, 1, one)).hasSize(1);
        queue.db.inTransaction(tx -> limits.limit(tx, TestQueue.NAMESPACE, 3));

        assertThat(queue.claim(worker, 10, one, two)).isEmpty();
        assertThat(claim(10, two).runs()).hasSize(2);
        assertThat(claim(10, one, two).runs()).isEmpty();
    }

    @Test
    void each_key_gives_as_many_as_it_may_and_runs_without_a_key_as_many_as_there_are() {
        var lane = lane("keyed", new Limits(null, OnExceeded.QUEUE, 2, null));
        var firstOfA = submit(lane, "keyed", "a", 4);
        var firstOfB = submit(lane, "keyed", "b", 1);
        var without = queue.submit(lane, "keyed", 3);

        var claimed = ids(claim(100, lane).runs());

        assertThat(claimed)
                .containsExactly(
                        firstOfA.get(0),
                        firstOfA.get(1),
                        firstOfB.get(0),
                        without.get(0),
                        without.get(1),
                        without.get(2));
    }

    @Test
    void runs_of_full_keys_do_not_hide_those_of_others() {
        var lane = lane("keyed", new Limits(null, OnExceeded.QUEUE, 1, null));
        submit(lane, "keyed", "crowd", 500);
        var behind = submit(lane, "keyed", "behind", 2);
        assertThat(claim(1, lane).runs()).hasSize(1);

        var found = claim(5, lane);
        var nothing = claim(5, lane);

        assertThat(ids(found.runs())).containsExactly(behind.getFirst());
        assertThat(found.again()).as("there may be more of them").isZero();
        assertThat(nothing.runs()).isEmpty();
        assertThat(nothing.again()).isNull();
    }

    @Test
    void a_walk_along_the_keys_goes_on_where_the_last_one_stopped() {
        var lane = lane("keyed", new Limits(null, OnExceeded.QUEUE, 1, null));
        var full = ClaimUnderLimits.KEYS_MAX;
        queue.submitAll(lane, oneOfEach(0, full));
        assertThat(claim(full, lane).runs()).hasSize(full);
        queue.submitAll(lane, oneOfEach(0, full));
        var behind = queue.submitAll(lane, oneOfEach(full, full + 10));

        var first = claim(20, lane);
        var second = claim(20, first.nextKey(), lane);

        assertThat(first.runs()).isEmpty();
        assertThat(first.nextKey()).isEqualTo(key(full - 1));
        assertThat(first.again()).isZero();
        assertThat(ids(second.runs())).containsExactlyElementsOf(behind);
        assertThat(second.nextKey()).isEmpty();
    }

    private List<NewRun> oneOfEach(int from, int to) {
        return IntStream.range(from, to)
                .<NewRun>mapToObj(number -> queue.run("keyed").withConcurrencyKey(key(number)))
                .toList();
    }

    private static String key(int number) {
        return "%05d".formatted(number);
    }

    @Test
    void lanes_of_equal_priority_take_turns_under_limits_too() {
        var crowd = lane("crowd", Limits.atOnce(100));
        var single = lane("single", Limits.atOnce(100));
        queue.submit(crowd, "crowd", 50);
        var late = queue.submit(single, "single", 1).getFirst();

        assertThat(ids(claim(10, crowd, single).runs())).hasSize(10).contains(late);
    }

    @Test
    void a_paused_job_gives_nothing_and_is_not_taken_for_busy() {
        var lane = lane("capped", Limits.atOnce(3));
        queue.submit(lane, "capped", 1);
        queue.db.inTransaction(
                tx -> queue.jobs.pause(tx, TestQueue.NAMESPACE, new JobName("capped"), true));

        var claim = claim(10, lane);

        assertThat(claim.runs()).isEmpty();
        assertThat(claim.skipped()).isFalse();
    }

    @Test
    void the_oldest_come_first_under_a_limit_too_when_it_is_their_turn() {
        var lane = lane("capped", Limits.atOnce(1));
        var low = queue.submit(lane, queue.run("capped").withPriority(-5));
        queue.submit(lane, queue.run("capped").withPriority(5));

        assertThat(ids(claimOldest(10, lane).runs())).containsExactly(low);
    }

    @Test
    void the_oldest_come_first_where_the_limit_is_far_too() {
        var lane = lane("capped", Limits.atOnce(100));
        var low = queue.submit(lane, queue.run("capped").withPriority(-5));
        var high = queue.submit(lane, queue.run("capped").withPriority(5));

        assertThat(ids(claimOldest(1, lane).runs())).containsExactly(low);
        assertThat(ids(claim(1, lane).runs())).containsExactly(high);
    }

    @Test
    void a_rate_limit_says_when_the_next_may_start() {
        var rate = new RateLimit(3, Duration.ofMinutes(10));
        var lane = lane("rated", new Limits(null, OnExceeded.QUEUE, null, rate));
        queue.submit(lane, "rated", 5);
        submit(lane, "rated", "key", 2);

        assertThat(claim(100, lane).runs()).hasSize(5);
        var full = claim(100, lane);

        assertThat(full.runs()).isEmpty();
        assertThat(full.again()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    }

    @Test
    void a_key_at_its_rate_gives_nothing_where_those_before_it_are_passed_over() {
        var rate = new RateLimit(20, Duration.ofMinutes(10));
        var lane = lane("rated", new Limits(null, OnExceeded.QUEUE, null, rate));
        submit(lane, "rated", "full", 20);
        assertThat(claim(100, lane).runs()).hasSize(20);
        queue.submitAll(
                lane,
                IntStream.range(0, 300)
                        .mapToObj(_ ->
                                queue.run("rated")
                                        .withConcurrencyKey("expired")
                                        .expiring(Instant.EPOCH))
                        .toList());
        submit(lane, "rated", "full", 5);

        assertThat(claim(5, lane).runs()).isEmpty();
        assertThat(claimOldest(5, lane).runs()).isEmpty();
    }

    @Test
    void a_limit_under_which_somebody_is_claiming_is_left_out_and_said_so() throws Exception {
        var lane = lane("capped", Limits.atOnce(3));
        queue.submit(lane, "capped", 1);
        try (var other = queue.connection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from kedge.job for no key update");

            var skipped = claim(10, lane);

            assertThat(skipped.runs()).isEmpty();
            assertThat(skipped.skipped()).isTrue();
            other.rollback();
        }
        var claimed = claim(10, lane);
        assertThat(claimed.runs()).hasSize(1);
        assertThat(claimed.skipped()).isFalse();
    }

    @Test
    void a_claimer_that_freezes_in_the_middle_is_cut_off_and_has_leased_nothing() throws Exception {
        var lane = lane("capped", Limits.atOnce(1));
        var run = queue.submit(lane, "capped", 1);
        try (var frozen = queue.connection()) {
            frozen.setAutoCommit(false);
            var claim =
                    queue.leases.claimLimited(
                            new Tx(frozen), worker, TestQueue.offers(lane), 10, "");
            assertThat(Objects.requireNonNull(claim).runs()).hasSize(1);

            queue.execute("select from kedge.job for update"); // Waits until the lock is free.

            assertThat(ids(claim(queue.worker(), 10, "", lane).runs())).isEqualTo(run);
            assertThatThrownBy(frozen::commit).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void kedge_P9_claims_that_come_together_never_take_more_than_may_run() throws Exception {
        // Two lanes, so that not even rows that somebody has locked keep two claims apart.
        var lanes =
                List.of(
                        lane("capped", new Limits(5, OnExceeded.QUEUE, 2, null)),
                        anotherLane("capped"));
        for (var i = 0; i < 400; i++) {
            queue.submit(lanes.get(i % 2), queue.run("capped").withConcurrencyKey("k" + i % 3));
        }
        var together = new CyclicBarrier(4);
        var taken = 0;
        try (var threads = Executors.newFixedThreadPool(4)) {
            var claimers = new ArrayList<Callable<Integer>>();
            for (var i = 0; i < 4; i++) {
                var lane = lanes.get(i % 2);
                claimers.add(() -> claimAndComplete(lane, together));
            }
            for (var claimer : threads.invokeAll(claimers)) {
                taken += claimer.get();
            }
            assertThat(taken).isBetween(100, 400);
        }
    }

    /** Looks after each claim how many run, whoever took them, and lets its own end. */
    private int claimAndComplete(int lane, CyclicBarrier together) throws Exception {
        var holder = queue.worker();
        var taken = 0;
        for (var turn = 0; turn < 40; turn++) {
            together.await();
            var runs = claim(holder, 10, "", lane).runs();
            together.await();
            assertThat(
                            queue.number(
                                    "select count(*) from kedge.active_run where state = 'running'"))
                    .isLessThanOrEqualTo(5);
            assertThat(
                            queue.number(
                                    "select coalesce(max(n), 0) from (select count(*) as n from"
                                            + " kedge.active_run where state = 'running' group by"
                                            + " concurrency_key) as k"))
                    .isLessThanOrEqualTo(2);
            together.await();
            runs.forEach(run -> queue.complete(run.lease()));
            taken += runs.size();
        }
        return taken;
    }

    private LimitedClaim claim(int limit, Integer... lanes) {
        return claim(limit, "", lanes);
    }

    private LimitedClaim claim(int limit, String afterKey, Integer... lanes) {
        return claim(worker, limit, afterKey, lanes);
    }

    private LimitedClaim claim(
            LeaseStore.Holder holder, int limit, String afterKey, Integer... lanes) {
        return Objects.requireNonNull(
                queue.db.<LimitedClaim>findInTransaction(tx ->
                        queue.leases.claimLimited(
                                tx, holder, TestQueue.offers(lanes), limit, afterKey)),
                "declared lost");
    }

    private LimitedClaim claimOldest(int limit, Integer... lanes) {
        return Objects.requireNonNull(
                queue.db.<LimitedClaim>findInTransaction(tx ->
                        queue.leases.claimLimitedOldest(
                                tx, worker, TestQueue.offers(lanes), limit, "")),
                "declared lost");
    }

    private int lane(String job, Limits its) {
        var lane = queue.lane(job);
        queue.db.inTransaction(tx ->
                queue.jobs.define(
                        tx,
                        Job.of(
                                TestQueue.NAMESPACE,
                                new JobName(job),
                                new Binding.Java(),
                                JobPolicy.DEFAULT.withLimits(its))));
        return lane;
    }

    private int anotherLane(String job) {
        queue.db.inTransaction(tx ->
                queue.jobs.ensureLane(
                        tx, TestQueue.NAMESPACE, new JobName(job), new QueueName("other")));
        return queue.db.autocommit(queue.jobs::catalog).stream()
                .filter(entry -> new QueueName("other").equals(entry.laneQueue()))
                .map(JobStore.Entry::lane)
                .map(Objects::requireNonNull)
                .findFirst()
                .orElseThrow();
    }

    private List<RunId> submit(int lane, String job, String key, int times) {
        return queue.submitAll(
                lane,
                IntStream.range(0, times)
                        .<NewRun>mapToObj(_ -> queue.run(job).withConcurrencyKey(key))
                        .toList());
    }

    private static List<RunId> ids(List<Claimed> runs) {
        return runs.stream().map(run -> run.lease().run()).toList();
    }
}
