package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Failure;
import dev.kedge.model.Lease;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.Transition;
import dev.kedge.model.Wait;
import dev.kedge.model.WorkerId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the server does for the statements that everything waits for, on a table that is not small:
 * counted in rows that were read from the tables, so that no plan that walks them all passes.
 */
class PlansTest {

    private static final int ROWS = 60_000;
    private static final int RUNNING = 5_000;
    private static final int BATCH = 500;
    private static final int EXPIRED = 20;

    private static final TestQueue QUEUE = new TestQueue();
    private static final LeaseStore.Holder WORKER = QUEUE.worker();
    private static int lane;

    @BeforeAll
    static void fill() throws Exception {
        lane = QUEUE.lane("planned");
        QUEUE.execute("update kedge.worker set slots = 10000");
        QUEUE.execute(
                ("insert into kedge.run (run_id, namespace, job, queue, priority, payload) select"
                                + " (lpad(to_hex((extract(epoch from now()) * 1000)::bigint + n), 12, '0')"
                                + " || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid, 'default',"
                                + " 'planned', 'default', 0, '{}' from generate_series(1, %d) as n")
                        .formatted(ROWS));
        QUEUE.execute(
                ("insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due,"
                                + " due_at, expires_at) select run_id, namespace, job, %d, 'pending', n %% 5,"
                                + " n %% 10 <> 0, now() + interval '1 second' * case when n %% 10 = 0 then n"
                                + " - 100 else 0 end, case when n %% 50 = 0 then now() + interval '1"
                                + " second' * (n - 1000) end from (select *, row_number() over (order by"
                                + " run_id) as n from kedge.run) as r")
                        .formatted(lane));
        QUEUE.execute("vacuum analyze kedge.run");
        for (var i = 0; i < RUNNING / 500; i++) {
            QUEUE.claim(WORKER, 500, lane);
        }
        QUEUE.execute("vacuum analyze kedge.active_run");
    }

    @Test
    void a_claim_reads_about_as_many_runs_as_it_takes() throws Exception {
        assertThat(rowsReadBy(tx -> claim(tx, 100))).isBetween(100L, 1_000L);
    }

    @Test
    void a_claim_of_the_oldest_reads_no_more_of_each_priority() throws Exception {
        assertThat(
                        rowsReadBy(tx ->
                                assertThat(
                                                QUEUE.leases.claimOldest(
                                                        tx, WORKER, TestQueue.offers(lane), 100))
                                        .hasSize(100)))
                .isBetween(100L, 2_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max_concurrency = (select count(*) + 200 from kedge.active_run where state = 'running')",
                "max_concurrency_per_key = 10"
            })
    void a_claim_under_limits_reads_what_runs_and_about_as_many_runs_as_it_takes(String limits)
            throws Exception {
        QUEUE.execute("update kedge.job set " + limits);
        var running = QUEUE.number("select count(*) from kedge.active_run where state = 'running'");
        try {
            assertThat(
                            rowsReadBy(tx ->
                                    hundred(
                                            QUEUE.leases.claimLimited(
                                                    tx, WORKER, TestQueue.offers(lane), 100, ""))))
                    .isBetween(running + 100, running + 1_500);
            assertThat(
                            rowsReadBy(tx ->
                                    hundred(
                                            QUEUE.leases.claimLimitedOldest(
                                                    tx, WORKER, TestQueue.offers(lane), 100, ""))))
                    .isBetween(running + 100, running + 3_000);
        } finally {
            unlimit();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"max_concurrency = 30000", "rate_limit = 1000, rate_per_ms = 1000"})
    void a_claim_counts_nothing_where_all_slots_together_cannot_reach_a_limit(String limits)
            throws Exception {
        QUEUE.execute("update kedge.job set " + limits);
        try {
            assertThat(
                            rowsReadBy(tx ->
                                    hundred(
                                            QUEUE.leases.claimLimited(
                                                    tx, WORKER, TestQueue.offers(lane), 100, ""))))
                    .isBetween(100L, 1_500L);
        } finally {
            unlimit();
        }
    }

    private static void hundred(@Nullable LimitedClaim claim) {
        assertThat(Objects.requireNonNull(claim).runs()).hasSize(100);
    }

    @Test
    void an_admission_reads_what_is_active_up_to_the_limit() throws Exception {
        QUEUE.execute("update kedge.job set max_concurrency = 500, on_exceeded = 'reject'");
        try {
            assertThat(
                            rowsReadBy(tx ->
                                    assertThat(
                                                    QUEUE.runs.admit(
                                                            tx,
                                                            List.of(
                                                                    QUEUE.submitted(
                                                                            lane,
                                                                            QUEUE.run("planned"))),
                                                            Set.of()))
                                            .isEmpty()))
                    .isLessThanOrEqualTo(
                            2_000); // Fewer where a vacuum was here: it looks at the index.
        } finally {
            unlimit();
        }
    }

    private static void unlimit() throws SQLException {
        QUEUE.execute(
                "update kedge.job set max_concurrency = null, on_exceeded = 'queue',"
                        + " max_concurrency_per_key = null, rate_limit = null, rate_per_ms = null");
    }

    @Test
    void a_look_for_what_is_blocked_reads_the_first_of_each_key() throws Exception {
        var keys = 20;
        QUEUE.execute(
                ("update kedge.active_run as a set ordering_key = 'k' || n %% %1$d, order_no = n,"
                                + " blocked = n >= %1$d, due = false from (select run_id, row_number() over"
                                + " (order by run_id) - 1 as n from kedge.active_run where state = 'pending'"
                                + " and not due limit 2000) as o where o.run_id = a.run_id")
                        .formatted(keys));
        try {
            assertThat(
                            rowsReadBy(tx ->
                                    assertThat(
                                                    new LimitStore()
                                                            .unblock(
                                                                    tx,
                                                                    LimitStore.OrderingKey.FIRST,
                                                                    1_000)
                                                            .lanes())
                                            .isEmpty()))
                    .isBetween((long) keys, 10L * keys);
        } finally {
            QUEUE.execute(
                    "update kedge.active_run set ordering_key = null, order_no = null, blocked ="
                            + " false where ordering_key is not null");
        }
    }

    @Test
    void a_settlement_reads_about_as_many_runs_as_it_ends() throws Exception {
        Transition.Ends done = new Transition.Complete(Payload.NULL);
        var verdicts = verdicts(done);

        assertThat(rowsReadBy(tx -> assertThat(QUEUE.leases.settle(tx, verdicts)).hasSize(BATCH)))
                .isBetween((long) BATCH, 5L * BATCH);
    }

    @Test
    void a_release_reads_about_as_many_runs_as_it_puts_back() throws Exception {
        Transition.GoesOn retry =
                new Transition.Retry(
                        Duration.ofHours(1), Failure.of(Failure.Code.HANDLER_FAILED, "it broke"));
        var verdicts = verdicts(retry);

        assertThat(rowsReadBy(tx -> assertThat(QUEUE.leases.release(tx, verdicts)).hasSize(BATCH)))
                .isBetween((long) BATCH, 5L * BATCH);
    }

    @Test
    void progress_reads_about_as_many_runs_as_report_it() throws Exception {
        Transition.Ends any = new Transition.Cancel("never written");
        var reports =
                verdicts(any).stream()
                        .map(verdict ->
                                new LeaseStore.Report(
                                        new Lease(verdict.run(), verdict.epoch(), WORKER.worker()),
                                        Progress.percent(1, null)))
                        .toList();

        assertThat(rowsReadBy(tx -> assertThat(QUEUE.leases.progress(tx, reports)).hasSize(BATCH)))
                .isBetween((long) BATCH, 5L * BATCH);
    }

    @Test
    void ripening_reads_about_as_many_runs_as_are_ripe() throws Exception {
        assertThat(rowsReadBy(tx -> assertThat(QUEUE.timers.ripen(tx, 5).runs()).isEqualTo(5)))
                .isBetween(5L, 50L);
        assertThat(rowsReadBy(QUEUE.timers::untilNextDue)).isBetween(1L, 10L);
    }

    @Test
    void expiry_reads_about_as_many_runs_as_expired() throws Exception {
        assertThat(rowsReadBy(tx -> assertThat(QUEUE.timers.expired(tx, 1_000)).hasSize(EXPIRED)))
                .isBetween((long) EXPIRED, 10L * EXPIRED);
    }

    @Test
    void a_look_at_what_a_worker_holds_reads_nothing_else() throws Exception {
        var idle = new WorkerId(UUID.randomUUID());

        assertThat(rowsReadBy(tx -> assertThat(QUEUE.leases.leasesOf(tx, idle, 1_000)).isEmpty()))
                .isLessThan(10);
    }

    @Test
    void waits_that_are_over_are_looked_up_once_each_when_they_are_recorded() throws Exception {
        var journals = new JournalStore();
        var leases = QUEUE.claim(WORKER, BATCH, lane).stream().map(Claimed::lease).toList();
        var path = new Path("nap");
        var openings =
                leases.stream()
                        .map(lease ->
                                new JournalStore.Opening(
                                        lease, path, 0, new Wait.For(Duration.ZERO), null))
                        .toList();
        var resolutions =
                leases.stream().map(lease -> new JournalStore.Resolution(lease, path, 1)).toList();
        Consumer<Tx> sleep =
                tx -> {
                    journals.open(tx, openings);
                    assertThat(journals.resolve(tx, resolutions).values())
                            .hasSize(BATCH)
                            .allMatch(JournalStore.Resolved.Recorded.class::isInstance);
                };

        assertThat(lookUpsInJournalsBy(sleep, "force_custom_plan")).isLessThan(10L * BATCH);
        assertThat(lookUpsInJournalsBy(sleep, "force_generic_plan")).isLessThan(10L * BATCH);
    }

    private static void claim(Tx tx, int limit) {
        assertThat(QUEUE.leases.claim(tx, WORKER, TestQueue.offers(lane), limit)).hasSize(limit);
    }

    private static <T extends Transition> List<Verdict<T>> verdicts(T transition) {
        return QUEUE.claim(WORKER, BATCH, lane).stream()
                .map(run -> TestQueue.verdict(run.lease(), transition))
                .toList();
    }

    /**
     * How many active runs the statements of {@code work} touch, whether they keep them or not: by
     * the plan for these very values, or by the one for any values, whichever is worse.
     */
    private static long rowsReadBy(Consumer<Tx> work) throws SQLException {
        return Math.max(
                rowsReadBy(work, "force_custom_plan"), rowsReadBy(work, "force_generic_plan"));
    }

    private static long rowsReadBy(Consumer<Tx> work, String planMode) throws SQLException {
        return counted(
                "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables"
                        + " where relid = 'kedge.active_run'::regclass",
                work,
                planMode);
    }

    private static long lookUpsInJournalsBy(Consumer<Tx> work, String planMode)
            throws SQLException {
        return counted(
                "select sum(idx_scan) from pg_stat_xact_user_tables"
                        + " where schemaname = 'kedge' and relname ~ '^(step|wait)'",
                work,
                planMode);
    }

    private static long counted(String question, Consumer<Tx> work, String planMode)
            throws SQLException {
        try (var connection = QUEUE.connection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local plan_cache_mode = " + planMode);
            work.accept(new Tx(connection));
            try (var result = statement.executeQuery(question)) {
                result.next();
                var read = result.getLong(1);
                connection.rollback();
                return read;
            }
        }
    }
}
