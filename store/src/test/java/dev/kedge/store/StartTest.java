package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.JobName;
import dev.kedge.model.Lease;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.store.RunStore.Submitted;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Submissions that are leased by the statement that stores them, and those that must wait. */
class StartTest {

    private static final TestQueue QUEUE = new TestQueue();
    private static final StartStore STARTS = new StartStore();

    private final LeaseStore.Holder worker = QUEUE.worker();

    @Test
    void a_run_is_leased_where_it_was_submitted() {
        var lane = QUEUE.lane("born");
        var run = QUEUE.submitted(lane, QUEUE.run("born"));

        var leased = start(worker, run);

        assertThat(leased).extracting(Claimed::lease).containsExactly(first(run.id()));
        assertThat(leased.getFirst().payload()).isEqualTo(run.run().payload());
        var stored = QUEUE.find(run.id());
        assertThat(stored.state()).isEqualTo(RunState.RUNNING);
        assertThat(stored.attempt()).isEqualTo(1);
        assertThat(QUEUE.complete(leased.getFirst().lease())).containsExactly(run.id());
    }

    @Test
    void only_those_start_that_the_worker_has_room_for() {
        var lane = QUEUE.lane("room");
        var here = QUEUE.submitted(lane, QUEUE.run("room"));
        var other = QUEUE.submitted(lane, QUEUE.run("room"));

        var leased =
                QUEUE.db.autocommit(tx ->
                        STARTS.insert(
                                tx,
                                List.of(here, other),
                                worker,
                                Map.of(here.id(), new Offer(lane, null))));

        assertThat(ids(leased)).containsExactly(here.id());
        assertThat(QUEUE.find(other.id()).state()).isEqualTo(RunState.PENDING);
        assertThat(QUEUE.claim(worker, 10, lane)).hasSize(1);
    }

    @Test
    void nobody_who_waits_is_overtaken_but_by_what_is_more_important() {
        var lane = QUEUE.lane("turn");
        QUEUE.submit(lane, "turn", 1);
        var equal = QUEUE.submitted(lane, QUEUE.run("turn"));
        var higher = QUEUE.submitted(lane, QUEUE.run("turn").withPriority(5));

        assertThat(ids(start(worker, equal, higher))).containsExactly(higher.id());
        assertThat(QUEUE.find(equal.id()).state()).isEqualTo(RunState.PENDING);
    }

    @Test
    void nothing_starts_while_its_job_is_paused() {
        var lane = QUEUE.lane("held");
        pause(true);
        var run = QUEUE.submitted(lane, QUEUE.run("held"));

        assertThat(start(worker, run)).isEmpty();

        pause(false);
        assertThat(QUEUE.claim(worker, 10, lane)).hasSize(1);
    }

    @Test
    void nothing_starts_past_the_limit_of_its_namespace() {
        var lane = QUEUE.lane("limited");
        var limits = new LimitStore();
        QUEUE.db.inTransaction(tx -> limits.limit(tx, TestQueue.NAMESPACE, 1));
        var run = QUEUE.submitted(lane, QUEUE.run("limited"));
        try {
            assertThat(start(worker, run)).isEmpty();
        } finally {
            QUEUE.db.inTransaction(tx -> limits.limit(tx, TestQueue.NAMESPACE, null));
        }
        assertThat(QUEUE.find(run.id()).state()).isEqualTo(RunState.PENDING);
    }

    @Test
    void a_worker_that_was_declared_lost_gets_nothing_and_the_run_waits() {
        var lane = QUEUE.lane("orphan");
        var dead = QUEUE.worker();
        QUEUE.db.inTransaction(tx -> QUEUE.workers.leave(tx, dead.worker()));
        var run = QUEUE.submitted(lane, QUEUE.run("orphan"));

        assertThat(start(dead, run)).isEmpty();
        assertThat(ids(QUEUE.claim(worker, 10, lane))).containsExactly(run.id());
    }

    @Test
    void a_batch_of_a_generation_that_is_over_leases_nothing() {
        var lane = QUEUE.lane("stale");
        QUEUE.db.find(tx -> QUEUE.workers.nextGeneration(tx, worker.worker()));

        assertThat(start(worker, QUEUE.submitted(lane, QUEUE.run("stale")))).isEmpty();
    }

    @Test
    void a_batch_that_is_sent_again_changes_nothing_and_leases_nothing() {
        var lane = QUEUE.lane("again");
        var run = QUEUE.submitted(lane, QUEUE.run("again"));
        start(worker, run);
        var before = QUEUE.find(run.id());

        assertThat(start(QUEUE.worker(), run)).isEmpty();
        assertThat(QUEUE.find(run.id())).isEqualTo(before);
    }

    /** Beyond the fifth use the driver has them prepared, and sends them in another way. */
    @Test
    void the_lock_of_the_worker_is_held_by_the_transaction_that_leases_however_often_it_is_sent()
            throws Exception {
        var lane = QUEUE.lane("locked");
        try (var connection = QUEUE.connection()) {
            var tx = new Tx(connection);
            for (var use = 0; use < 12; use++) {
                var born = QUEUE.submitted(lane, QUEUE.run("locked"));
                STARTS.insert(tx, List.of(born), worker, Map.of(born.id(), new Offer(lane, null)));
                assertThat(lockerOfWorker()).as("start %d", use).isEqualTo(writerOf(born.id()));

                var pending = QUEUE.submit(lane, QUEUE.run("locked"));
                QUEUE.leases.claim(tx, worker, TestQueue.offers(lane), 1);
                assertThat(lockerOfWorker()).as("claim %d", use).isEqualTo(writerOf(pending));
            }
        }
    }

    private String lockerOfWorker() throws SQLException {
        return QUEUE.rows(
                        "select xmax from kedge.worker where worker_id = '%s'"
                                .formatted(worker.worker()))
                .getFirst();
    }

    private static String writerOf(RunId run) throws SQLException {
        return QUEUE.rows("select xmin from kedge.active_run where run_id = '%s'".formatted(run))
                .getFirst();
    }

    private static List<Claimed> start(LeaseStore.Holder holder, Submitted... runs) {
        var here =
                Stream.of(runs)
                        .collect(
                                Collectors.toMap(
                                        Submitted::id, run -> new Offer(run.lane(), null)));
        return QUEUE.db.autocommit(tx -> STARTS.insert(tx, List.of(runs), holder, here));
    }

    private Lease first(RunId run) {
        return new Lease(run, 1, worker.worker());
    }

    private static List<RunId> ids(List<Claimed> leased) {
        return leased.stream().map(claimed -> claimed.lease().run()).toList();
    }

    private static void pause(boolean paused) {
        QUEUE.db.inTransaction(
                tx -> QUEUE.jobs.pause(tx, TestQueue.NAMESPACE, new JobName("held"), paused));
    }
}
