package dev.kedge.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Payload;
import dev.kedge.model.Transition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DbTest {

    private static final TestQueue QUEUE = new TestQueue();
    private static final int LANE = QUEUE.lane("job");

    @Test
    void a_transaction_that_throws_leaves_nothing_behind() {
        assertThatThrownBy(() ->
                        QUEUE.db.transaction(tx -> {
                            pause(tx);
                            throw new IllegalStateException("no");
                        }))
                .hasMessage("no");
        assertThat(isPaused()).isFalse();
    }

    @Test
    void not_even_an_error_of_the_machine_commits_half_a_transaction() {
        assertThatThrownBy(() ->
                        QUEUE.db.transaction(tx -> {
                            pause(tx);
                            throw new StackOverflowError("too deep");
                        }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(isPaused()).isFalse();
    }

    @Test
    void statements_that_commit_together_unsaid_take_no_null_that_could_split_them() {
        var claim = Sql.load("lease_claim").with("worker", null);

        assertThatThrownBy(() -> QUEUE.db.autocommit(tx -> tx.update(claim)))
                .hasMessageContaining("lease_claim.sql: :worker must not be null");
    }

    @Test
    void what_is_kept_aside_does_not_wait_for_a_crowded_pool() throws Exception {
        var crowd = new CountDownLatch(Db.CONNECTIONS);
        var enough = new CountDownLatch(1);
        try (var line = QUEUE.db.reserve(Duration.ofSeconds(5))) {
            for (var i = 0; i < Db.CONNECTIONS; i++) {
                Thread.ofVirtual().start(() -> join(crowd, enough));
            }
            crowd.await();
            var began = System.nanoTime();

            assertThat(line.autocommit(QUEUE.jobs::catalog)).isNotEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(8));
        } finally {
            enough.countDown();
        }
    }

    /** Holds a connection until it is enough; on a slow machine it takes more than one try. */
    private static void join(CountDownLatch crowd, CountDownLatch enough) {
        while (enough.getCount() > 0) {
            try {
                QUEUE.db.inTransaction(_ -> {
                    crowd.countDown();
                    awaitQuietly(enough);
                });
            } catch (KedgeException.Unavailable busy) {
                // Once more.
            }
        }
    }

    @Test
    void what_is_kept_aside_opens_itself_anew_after_it_broke() throws Exception {
        var queue = new TestQueue();
        queue.lane("job");
        try (var line = queue.db.reserve(Duration.ofSeconds(5))) {
            assertThat(line.autocommit(queue.jobs::catalog)).isNotEmpty();
            queue.rows(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                            + " current_database() and pid <> pg_backend_pid()");

            assertThatThrownBy(() -> line.autocommit(queue.jobs::catalog))
                    .isInstanceOf(KedgeException.Unavailable.class);
            assertThat(line.autocommit(queue.jobs::catalog)).isNotEmpty();
        }
    }

    @Test
    void a_run_that_somebody_asked_to_stop_does_not_go_back_into_the_queue() {
        var run = QUEUE.submit(LANE, QUEUE.run("job"));
        var lease = QUEUE.claim(QUEUE.worker(), 1, LANE).getFirst().lease();
        QUEUE.db.inTransaction(tx -> {
            var locked = requireNonNull(QUEUE.runs.lock(tx, TestQueue.NAMESPACE, run));
            QUEUE.runs.askCancel(tx, locked, "Ada");
        });

        QUEUE.db.transaction(tx ->
                QUEUE.leases.release(
                        tx,
                        List.of(
                                TestQueue.verdict(
                                        lease, new Transition.Snooze(Duration.ofDays(1))))));

        assertThat(QUEUE.find(run).cancelReason()).isEqualTo("cancelled by Ada");
        assertThat(QUEUE.settle(lease, new Transition.Complete(Payload.NULL))).isEmpty();
    }

    private static void pause(Tx tx) {
        QUEUE.jobs.pause(tx, TestQueue.NAMESPACE, new JobName("job"), true);
    }

    private static boolean isPaused() {
        return QUEUE.db
                .autocommit(tx -> QUEUE.jobs.list(tx, TestQueue.NAMESPACE, null, 10))
                .getFirst()
                .paused();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
