package dev.kedge.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.bench.Scenario.Left;
import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditTest {

    private static final int RUNS = 10;

    private final Stage stage =
            new Stage(
                    TestPostgres.freshDatabase(),
                    TestPostgres.shared().user(),
                    TestPostgres.shared().password());
    private final Ledger ledger = new Ledger(RUNS);

    @BeforeEach
    void ten_runs_are_carried_out() throws SQLException {
        Engine.connect(stage.url(), stage.user(), stage.password())
                .config(EngineConfig.DEFAULT.withSlots(0))
                .job(Server.JOB, _ -> new Outcome.Succeeded(Payload.NULL))
                .start()
                .close();
        stage.preload(0, RUNS);
        try (var connection = RawConnection.open(stage)) {
            var leased = connection.statements().claim(RUNS);
            leased.forEach(run -> ledger.started(run.payload().bytes()));
            connection.statements().settle(leased);
        }
    }

    @Test
    void runs_that_all_ended_once_pass() {
        assertThatCode(this::audit).doesNotThrowAnyException();
    }

    @Test
    void a_lost_run_is_noticed() throws SQLException {
        execute(
                "delete from kedge.ended_run where run_id = (select min(run_id::text)::uuid from kedge.run)");

        assertThatThrownBy(this::audit).hasMessageContaining("lost=1");
    }

    @Test
    void a_call_that_was_stored_twice_is_noticed() throws SQLException {
        execute("update kedge.run set payload = (select payload from kedge.run limit 1)");

        assertThatThrownBy(this::audit).hasMessageContaining("distinct_payloads=1");
    }

    @Test
    void a_run_that_took_two_attempts_is_noticed() throws SQLException {
        execute(
                "update kedge.ended_run set attempt = 2 where run_id = (select min(run_id::text)::uuid from kedge.run)");

        assertThatThrownBy(this::audit).hasMessageContaining("repeated=1");
    }

    @Test
    void a_handler_that_was_called_twice_for_a_run_is_noticed() {
        ledger.started(Ledger.payload(3));

        assertThatThrownBy(this::audit).hasMessageContaining("handled once=9");
    }

    private void audit() throws SQLException {
        try (var connection = stage.connect()) {
            new Audit(connection, "audit", ledger).check(RUNS, Left.ALL_ENDED);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = stage.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
