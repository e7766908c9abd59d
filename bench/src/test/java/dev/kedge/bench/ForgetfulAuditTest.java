package dev.kedge.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.bench.Scenario.Left;
import dev.kedge.embedded.TestPostgres;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit of a system that deletes what has ended. */
class ForgetfulAuditTest {

    private static final int RUNS = 10;

    private final Stage stage =
            new Stage(
                    TestPostgres.freshDatabase(),
                    TestPostgres.shared().user(),
                    TestPostgres.shared().password());
    private final Ledger ledger = new Ledger(RUNS);

    @BeforeEach
    void ten_runs_are_taken_in() throws SQLException {
        try (var queue = new DbSchedulerQueue(stage, ledger)) {
            queue.enqueueBatch(0, RUNS);
        }
    }

    @Test
    void runs_that_are_all_left_pending_pass() {
        assertThatCode(() -> audit(Left.ALL_PENDING)).doesNotThrowAnyException();
    }

    @Test
    void a_call_that_was_stored_twice_is_noticed() throws SQLException {
        stage.execute(
                "update scheduled_tasks set task_data = (select task_data from scheduled_tasks limit 1)");

        assertThatThrownBy(() -> audit(Left.ALL_PENDING))
                .hasMessageContaining("distinct_payloads=1");
    }

    @Test
    void runs_of_which_nothing_is_left_pass_when_each_handler_was_called_once()
            throws SQLException {
        IntStream.range(0, RUNS).forEach(ledger::started);
        stage.execute("delete from scheduled_tasks");

        assertThatCode(() -> audit(Left.ALL_ENDED)).doesNotThrowAnyException();
    }

    @Test
    void a_run_that_is_left_is_noticed() throws SQLException {
        IntStream.range(0, RUNS).forEach(ledger::started);
        stage.execute("delete from scheduled_tasks where task_instance <> '3'");

        assertThatThrownBy(() -> audit(Left.ALL_ENDED)).hasMessageContaining("pending=1");
    }

    @Test
    void a_run_that_is_gone_without_having_been_handled_is_noticed() throws SQLException {
        IntStream.range(1, RUNS).forEach(ledger::started);
        stage.execute("delete from scheduled_tasks");

        assertThatThrownBy(() -> audit(Left.ALL_ENDED)).hasMessageContaining("handled once=9");
    }

    private void audit(Left left) throws SQLException {
        try (var connection = stage.connect()) {
            new Audit(connection, "audit_db_scheduler", ledger).check(RUNS, left);
        }
    }
}
