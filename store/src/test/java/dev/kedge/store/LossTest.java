package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.KedgeException;
import dev.kedge.model.WorkerId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LossTest {

    private static final TestQueue QUEUE = new TestQueue();

    @Test
    void a_worker_is_lost_once_its_lease_is_over_and_hears_of_it_at_its_next_beat() {
        var silent = QUEUE.worker(Duration.ZERO).worker();
        var beating = QUEUE.worker().worker();

        assertThat(declareLost()).contains(silent).doesNotContain(beating);
        assertThat(declareLost()).isEmpty();
        assertThat(beat(silent)).isFalse();
        assertThat(beat(beating)).isTrue();
    }

    @Test
    void a_beat_that_is_being_written_saves_its_worker() throws Exception {
        var late = QUEUE.worker(Duration.ZERO).worker();
        try (var connection = QUEUE.connection()) {
            connection.setAutoCommit(false);
            QUEUE.workers.beat(new Tx(connection), late, TestQueue.LEASE);

            assertThat(declareLost()).doesNotContain(late);
            connection.commit();
        }
        assertThat(declareLost()).doesNotContain(late);
        assertThat(beat(late)).isTrue();
    }

    @Test
    void a_loss_waits_for_the_batch_that_is_under_way() throws Exception {
        var worker = QUEUE.worker(Duration.ZERO).worker();
        try (var connection = QUEUE.connection()) {
            connection.setAutoCommit(false);
            try (var lock =
                    connection.prepareStatement(
                            "select from kedge.worker where worker_id = ? for share")) {
                lock.setObject(1, worker.value());
                lock.execute();
            }
            assertThatThrownBy(() ->
                            QUEUE.db.transaction(tx -> {
                                tx.lockTimeout(100);
                                return QUEUE.workers.declareLost(tx);
                            }))
                    .isInstanceOf(KedgeException.Unavailable.class);
            connection.rollback();
        }
        assertThat(declareLost()).contains(worker);
    }

    @Test
    void a_session_that_froze_in_a_transaction_is_ended() throws Exception {
        var worker = QUEUE.worker().worker();
        try (var connection = QUEUE.connection();
                var statement = connection.createStatement()) {
            statement.execute("set application_name = 'kedge'");
            connection.setAutoCommit(false);
            statement.execute(
                    "select from kedge.worker where worker_id = '%s' for share".formatted(worker));
            var patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (QUEUE.db.autocommit(QUEUE.workers::evictFrozen) == 0) {
                assertThat(System.nanoTime()).isLessThan(patience);
            }
            assertThatThrownBy(() -> statement.execute("select 1"))
                    .hasMessageContaining("terminat");
        }
    }

    @Test
    void a_worker_that_left_is_swept_like_a_lost_one_and_forgotten_in_the_end() throws Exception {
        var worker = QUEUE.worker().worker();
        QUEUE.db.inTransaction(tx -> QUEUE.workers.leave(tx, worker));

        assertThat(beat(worker)).isFalse();
        for (var next = unswept(); next != null; next = unswept()) {
            var swept = next;
            QUEUE.db.inTransaction(tx -> QUEUE.workers.markSwept(tx, swept));
        }
        QUEUE.execute("update kedge.worker set swept_at = swept_at - interval '2 days'");
        QUEUE.db.inTransaction(QUEUE.workers::forget);

        assertThat(
                        QUEUE.number(
                                "select count(*) from kedge.worker where worker_id = '%s'"
                                        .formatted(worker)))
                .isZero();
    }

    @Test
    void two_sweepers_take_different_workers() {
        var one = QUEUE.worker(Duration.ZERO).worker();
        var two = QUEUE.worker(Duration.ZERO).worker();
        declareLost();

        var seen =
                QUEUE.db.transaction(outer -> {
                    var first = QUEUE.workers.lockUnswept(outer);
                    var second = unswept();
                    return List.of(String.valueOf(first), String.valueOf(second));
                });

        assertThat(seen).doesNotHaveDuplicates();
        assertThat(List.of(one, two)).hasSize(2);
    }

    private static @Nullable WorkerId unswept() {
        return QUEUE.db.find(QUEUE.workers::lockUnswept);
    }

    private static List<WorkerId> declareLost() {
        return QUEUE.db.transaction(QUEUE.workers::declareLost);
    }

    private static boolean beat(WorkerId worker) {
        return QUEUE.db.autocommit(tx -> QUEUE.workers.beat(tx, worker, TestQueue.LEASE));
    }
}
