package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.RunIds;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablesTest {

    private static final TestQueue QUEUE = new TestQueue();
    private static final int LANE = QUEUE.lane("job");

    @ParameterizedTest
    @CsvSource({
        "never_final, state = 'completed'",
        "'leased_if_running', 'state = ''running'', epoch = 1, attempt = 1'",
        "leased_if_running, worker = gen_random_uuid()",
        "'counted_if_running', 'state = ''running'', worker = gen_random_uuid(), attempt = 0'"
    })
    void an_active_run_that_makes_no_sense_is_refused(String constraint, String change) {
        var run = QUEUE.submit(LANE, QUEUE.run("job"));

        assertThatThrownBy(() ->
                        QUEUE.execute(
                                "update kedge.active_run set %s where run_id = '%s'"
                                        .formatted(change, run)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(constraint);
    }

    @ParameterizedTest
    @CsvSource({
        "always_final, pending, null, null",
        "result_if_complete, completed, null, null",
        "result_if_complete, failed, '''42''', '''it broke'''",
        "reason_if_failed, failed, null, null"
    })
    void an_end_that_makes_no_sense_is_refused(
            String constraint, String state, String result, String message) {
        assertThatThrownBy(() ->
                        QUEUE.execute(
                                ("insert into kedge.ended_run (run_id, namespace, job,"
                                                + " state, epoch, attempt, failures, losses,"
                                                + " due_at, result, failure_message) values ("
                                                + "gen_random_uuid(), 'default', 'job', '%s', 1, 1,"
                                                + " 0, 0, now(), %s, %s)")
                                        .formatted(state, result, message)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(constraint);
    }

    @Test
    void a_run_lies_in_the_week_its_id_was_made_in() throws Exception {
        var run = QUEUE.submit(LANE, QUEUE.run("job"));

        var monday = run.madeAt().atZone(ZoneOffset.UTC).with(ChronoField.DAY_OF_WEEK, 1);
        assertThat(tableOf(run.toString()))
                .isEqualTo(
                        "run_"
                                + monday.format(
                                        DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT)));
    }

    @Test
    void a_run_of_no_week_that_was_made_is_kept_all_the_same() throws Exception {
        var past = Instant.parse("2001-01-01T00:00:00Z");
        var id = new RunIds(() -> past, RandomGenerator.getDefault()).next();
        QUEUE.db.inTransaction(tx ->
                QUEUE.runs.enqueue(tx, TestQueue.NAMESPACE, id, QUEUE.run("job"), null, false));

        assertThat(tableOf(id.toString())).isEqualTo("run_default");
        assertThat(QUEUE.find(id).id()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"order":7     | payload is not JSON: The input string ended unexpectedly.
                    nope           | payload is not JSON: Token "nope" is invalid.
                    ''             | payload is not JSON: The input string ended unexpectedly.
                    {} {}          | payload is not JSON: Expected end of input
                    "\\351"        | payload is not JSON: invalid byte sequence for encoding "UTF8"
                    """)
    void a_payload_that_is_no_json_is_refused_in_sql_too(String payload, String refusal)
            throws Exception {
        assertThatThrownBy(() -> enqueueInSql(payload))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("22032"))
                .hasMessageContaining(refusal);
        assertThat(QUEUE.number("select count(*) from kedge.run where job = 'in-sql'")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"order":  7.0, "order": 8}
                    null
                    "\\303\\251 and \\\\ud800"
                    """)
    void a_payload_in_sql_stays_as_it_is_spelled(String payload) throws Exception {
        var run = enqueueInSql(payload);

        assertThat(
                        QUEUE.number(
                                "select count(*) from kedge.run where run_id = '%s' and payload = '%s'"
                                        .formatted(run, payload)))
                .isEqualTo(1);
        QUEUE.execute("delete from kedge.active_run where run_id = '%s'".formatted(run));
        QUEUE.execute("delete from kedge.run where run_id = '%s'".formatted(run));
    }

    private static String enqueueInSql(String payload) throws SQLException {
        QUEUE.lane("in-sql");
        return QUEUE.rows(
                        "select kedge.enqueue('default', 'in-sql', '%s', gen_random_uuid())"
                                .formatted(payload))
                .getFirst();
    }

    @Test
    void the_weeks_to_come_are_made_once() {
        var made = QUEUE.db.transaction(tx -> QUEUE.timers.makePartitions(tx, 3));
        var again = QUEUE.db.transaction(tx -> QUEUE.timers.makePartitions(tx, 3));

        assertThat(made).as("two weeks of six tables").isEqualTo(12);
        assertThat(again).isZero();
    }

    @Test
    void a_business_key_is_taken_by_one_active_run_only() throws Exception {
        var first = QUEUE.submit(LANE, QUEUE.run("job"));
        var second = QUEUE.submit(LANE, QUEUE.run("job"));
        QUEUE.execute("update kedge.active_run set key = 'k' where run_id = '%s'".formatted(first));

        assertThatThrownBy(() ->
                        QUEUE.execute(
                                "update kedge.active_run set key = 'k' where run_id = '%s'"
                                        .formatted(second)))
                .hasMessageContaining("business_key_taken");
    }

    private static String tableOf(String run) throws SQLException {
        return QUEUE.rows(
                        "select c.relname from kedge.run as r join pg_class as c on c.oid ="
                                + " r.tableoid where r.run_id = '%s'".formatted(run))
                .getFirst();
    }
}
