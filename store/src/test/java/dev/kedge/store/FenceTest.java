package dev.kedge.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Failure;
import dev.kedge.model.Lease;
import dev.kedge.model.LogLevel;
import dev.kedge.model.LogLine;
import dev.kedge.model.OnConflict;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Transition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FenceTest {

    private static final Failure BROKE = Failure.of(Failure.Code.HANDLER_FAILED, "it broke");

    private static final TestQueue QUEUE = new TestQueue();
    private static final int LANE = QUEUE.lane("fenced");
    private static final LeaseStore.Holder SLOW = QUEUE.worker();
    private static final LeaseStore.Holder QUICK = QUEUE.worker();

    /** A run that was taken from SLOW and given to QUICK. */
    private record Passed(Lease old, Lease present) {

        static Passed on() {
            QUEUE.submit(LANE, "fenced", 1);
            var old = QUEUE.claim(SLOW, 1, LANE).getFirst().lease();
            QUEUE.release(old, new Transition.Resume());
            return new Passed(old, QUEUE.claim(QUICK, 1, LANE).getFirst().lease());
        }
    }

    @Test
    void a_verdict_under_an_old_epoch_is_refused_and_reported_missing() {
        var run = Passed.on();

        assertThat(QUEUE.complete(run.old())).isEmpty();
        assertThat(QUEUE.find(run.old().run()).state()).isEqualTo(RunState.RUNNING);
        assertThat(QUEUE.complete(run.present())).containsExactly(run.present().run());
    }

    @Test
    void of_a_batch_only_the_stale_ones_are_missing() {
        var run = Passed.on();
        var other = Passed.on();
        Transition.Ends done = new Transition.Complete(Payload.NULL);

        var ended =
                QUEUE.db.autocommit(tx ->
                        QUEUE.leases.settle(
                                tx,
                                List.of(
                                        TestQueue.verdict(run.old(), done),
                                        TestQueue.verdict(other.present(), done))));

        assertThat(ended).containsExactly(other.present().run());
        QUEUE.complete(run.present());
    }

    @Test
    void a_release_under_an_old_epoch_is_refused_and_reported_missing() {
        var run = Passed.on();

        assertThat(QUEUE.release(run.old(), new Transition.HandBack())).isEmpty();
        assertThat(QUEUE.release(run.old(), new Transition.Retry(Duration.ZERO, BROKE))).isEmpty();
        assertThat(QUEUE.find(run.old().run()).spent().failures()).isZero();
        QUEUE.complete(run.present());
    }

    @Test
    void progress_under_an_old_epoch_is_refused_and_reported_missing() {
        var run = Passed.on();

        assertThat(progress(run.present(), 10)).containsExactly(run.present().run());
        assertThat(progress(run.old(), 90)).isEmpty();
        assertThat(QUEUE.find(run.old().run()).progress()).isEqualTo(Progress.percent(10, null));
        QUEUE.complete(run.present());
    }

    @Test
    void log_lines_under_an_old_epoch_are_left_out() {
        var run = Passed.on();
        var words =
                List.of(
                        new LogStore.Entry(run.old(), 1, LogLevel.INFO, "from the dead"),
                        new LogStore.Entry(run.present(), 1, LogLevel.INFO, "from the living"));
        QUEUE.db.inTransaction(tx -> QUEUE.logs.append(tx, words));

        var lines =
                QUEUE.db.autocommit(tx ->
                        QUEUE.logs.read(
                                tx,
                                TestQueue.NAMESPACE,
                                run.old().run(),
                                LogLine.Position.START,
                                10));
        assertThat(lines).extracting(LogLine::message).containsExactly("from the living");
        QUEUE.complete(run.present());
    }

    @Test
    void a_run_is_settled_once() {
        var run = Passed.on();

        assertThat(QUEUE.complete(run.present())).hasSize(1);
        assertThat(QUEUE.complete(run.present())).isEmpty();
        assertThat(QUEUE.settle(run.present(), new Transition.Fail(BROKE))).isEmpty();
        assertThat(QUEUE.find(run.present().run()).state()).isEqualTo(RunState.COMPLETED);
    }

    @Test
    void a_worker_recognises_a_commit_of_its_own_whose_reply_was_lost() {
        var run = Passed.on();
        QUEUE.complete(run.present());

        assertThat(settledBy(QUICK, run.present())).containsExactly(run.present().run());
        assertThat(settledBy(SLOW, run.old())).isEmpty();
    }

    @Test
    void a_worker_does_not_take_a_forced_end_for_its_own() {
        var run = Passed.on();
        var terminated = new Transition.Cancel("terminated");

        QUEUE.end(run.present().run(), run.present().epoch(), terminated);

        assertThat(QUEUE.complete(run.present())).isEmpty();
        assertThat(settledBy(QUICK, run.present())).isEmpty();
        assertThat(QUEUE.find(run.present().run()).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void nothing_lowers_an_epoch() {
        var run = Passed.on();

        assertThatThrownBy(() ->
                        QUEUE.execute(
                                "update kedge.active_run set epoch = epoch - 1 where run_id"
                                        + " = '%s'".formatted(run.old().run())))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("would fall from 3 to 2");
        QUEUE.complete(run.present());
    }

    @Test
    void a_run_that_is_replaced_goes_on_at_a_higher_epoch() {
        var id = QUEUE.nextId();
        var run = QUEUE.run("fenced").unique("one", OnConflict.REPLACE);
        QUEUE.db.inTransaction(
                tx -> QUEUE.runs.enqueue(tx, TestQueue.NAMESPACE, id, run, null, false));
        var zombie = QUEUE.claim(SLOW, 1, LANE).getFirst().lease();
        QUEUE.release(zombie, new Transition.Resume());

        QUEUE.db.inTransaction(tx -> {
            var locked = requireNonNull(QUEUE.runs.lock(tx, TestQueue.NAMESPACE, id));
            QUEUE.runs.replace(tx, TestQueue.NAMESPACE, locked, run, null, false);
        });

        var present = QUEUE.claim(QUICK, 1, LANE).getFirst().lease();
        assertThat(present.run()).isEqualTo(id);
        assertThat(present.epoch()).isGreaterThan(zombie.epoch() + 1);
        assertThat(QUEUE.complete(zombie)).isEmpty();
        assertThat(QUEUE.complete(present)).hasSize(1);
    }

    private static Set<RunId> progress(Lease lease, int percent) {
        var report = new LeaseStore.Report(lease, Progress.percent(percent, null));
        return QUEUE.db.autocommit(tx -> QUEUE.leases.progress(tx, List.of(report)));
    }

    private static Set<RunId> settledBy(LeaseStore.Holder holder, Lease lease) {
        Transition.Ends done = new Transition.Complete(Payload.NULL);
        return QUEUE.db.autocommit(tx ->
                QUEUE.leases.settledBy(
                        tx, holder.worker(), List.of(TestQueue.verdict(lease, done))));
    }
}
