package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each policy is for, asked of PostgreSQL itself as the roles that it holds. The probes know
 * nothing of the policies: whichever of those is dropped, or lets everybody at everything, some
 * probe must be answered otherwise.
 */
class RowSecurityTest {

    /** What is asked, by whom, and what the answer must be: a number, or {@link #REFUSED}. */
    private record Probe(String who, String asked, String answer) {}

    record Policy(String table, String name, boolean isOwners) {
        @Override
        public String toString() {
            return name + " on " + table;
        }
    }

    private static final String REFUSED = "refused";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String LOGIN = "select 1";
    private static final String NOBODY = "select set_config('role', 'kedge_user', true)";

    /** Submits to MINE, and sees there what it submitted itself. */
    private static final String ANN = caller("user:ann", "sees_own", "submits");

    /** Sees everything of MINE, and changes nothing. */
    private static final String READER = caller("user:reader", "sees_all");

    private static final String ADMIN = caller("user:admin", "sees_all", "submits", "administers");

    private static final String OPERATOR =
            caller("service:op") + "; select set_config('kedge.everywhere', 'on', true)";

    private static final String WRITER =
            "select set_config('kedge.batch', '{\"mine\": true, \"mine user:ann\": true}', true),"
                    + " set_config('role', 'kedge_writer', true)";
    private static final String IDLE_WRITER = "select set_config('role', 'kedge_writer', true)";

    private static final TestDb DB = TestDb.fresh();
    private static final List<Probe> PROBES = new ArrayList<>();

    @BeforeAll
    static void fill() throws SQLException {
        var now = System.currentTimeMillis();
        var nextWeek = now + 7 * 24 * 3_600_000L;
        Tenants.fill(
                DB,
                List.of(
                        new Tenants.Owned(id(now, 1), Tenants.MINE, "user:ann"),
                        new Tenants.Owned(id(nextWeek, 2), Tenants.MINE, "user:bob"),
                        new Tenants.Owned(UUID.randomUUID().toString(), Tenants.MINE, null),
                        new Tenants.Owned(id(now, 4), Tenants.THEIRS, "user:eve"),
                        new Tenants.Owned(id(now, 5), Tenants.THEIRS, "user:ann")));
        try (var connection = DB.asOwner()) {
            Tenants.execute(
                    connection,
                    "insert into kedge.event (event_id, namespace, topic, payload, published_by)"
                            + " select gen_random_uuid(), n, 'published', '42', u from"
                            + " unnest('{mine,theirs}'::text[]) as n,"
                            + " unnest('{user:ann,user:bob}'::text[]) as u");
        }
    }

    private static String id(long millis, int number) {
        var hex = "%012x".formatted(millis);
        return "%s-%s-7000-8000-%012d".formatted(hex.substring(0, 8), hex.substring(8), number);
    }

    private static String caller(String principal, String... claims) {
        var sql =
                new StringBuilder(
                        "select set_config('kedge.principal', '%s', true)".formatted(principal));
        for (var claim : claims) {
            sql.append(", set_config('kedge.%s', 'elsewhere,mine', true)".formatted(claim));
        }
        return sql.append(", set_config('role', 'kedge_user', true)").toString();
    }

    @BeforeAll
    static void prepare() throws SQLException {
        var probes = PROBES;
        for (var table : rows("select c.oid::regclass from pg_class as c where " + GUARDED)) {
            probes.add(new Probe(LOGIN, "select count(*) > 0 from " + table, "t"));
        }
        for (var table :
                List.of(
                        "run",
                        "active_run",
                        "ended_run",
                        "attempt",
                        "run_log",
                        "step",
                        "wait",
                        "run_state",
                        "dead_letter",
                        "event_run",
                        "run_overview")) {
            seen(probes, table, 1, 3, 5);
        }
        seen(probes, "event", 2, 5, 9);
        for (var table :
                List.of("job", "lane", "namespace_limit", "trigger", "cron_slot", "function")) {
            seen(probes, table, 1, 1, 2);
        }
        for (var table : List.of("deployment", "run_tally", "run_tally_change")) {
            seen(probes, table, 0, 1, 2);
        }
        for (var table :
                List.of(
                        "worker",
                        "worker_beat",
                        "credential",
                        "outbox",
                        "rate_slot",
                        "namespace_quota",
                        "audit",
                        "audit_head",
                        "secret",
                        "secret_key",
                        "user_account",
                        "session",
                        "spent_refresh",
                        "api_key",
                        "role",
                        "membership",
                        "revocation")) {
            probes.add(new Probe(OPERATOR, "select count(*) from kedge." + table, REFUSED));
        }
        probes.add(
                new Probe(
                        caller("user:deployer", "administers"),
                        "select count(*) from kedge.deployment",
                        "1"));
        stops(probes);
        definitions(probes);
        commits(probes);
    }

    private static void seen(List<Probe> probes, String table, int own, int here, int all) {
        var count = "select count(*) from kedge." + table;
        probes.add(new Probe(NOBODY, count, "0"));
        probes.add(new Probe(ANN, count, String.valueOf(own)));
        probes.add(new Probe(READER, count, String.valueOf(here)));
        probes.add(new Probe(OPERATOR, count, String.valueOf(all)));
    }

    private static void stops(List<Probe> probes) {
        var stop =
                "update kedge.active_run set cancel_requested_at = now(),"
                        + " cancel_requested_by = '%s'";
        var lock = "select count(*) from (select from kedge.active_run for update) as locked";
        probes.add(new Probe(ANN, stop.formatted("user:ann"), "1"));
        probes.add(new Probe(ANN, stop.formatted("user:bob"), REFUSED));
        probes.add(new Probe(ANN, lock, "1"));
        probes.add(new Probe(READER, stop.formatted("user:reader"), "0"));
        probes.add(new Probe(READER, lock, "0"));
        probes.add(new Probe(ADMIN, stop.formatted("user:admin"), "3"));
        probes.add(new Probe(OPERATOR, stop.formatted("service:op"), "5"));
        probes.add(new Probe(NOBODY, stop.formatted(""), "0"));
        for (var change :
                List.of("state = 'sleeping'", "epoch = 9", "due_at = now()", "priority = 1")) {
            probes.add(new Probe(OPERATOR, "update kedge.active_run set " + change, REFUSED));
        }
        for (var act :
                List.of(
                        "delete from kedge.active_run",
                        "update kedge.run set payload = '1'",
                        "delete from kedge.run",
                        "update kedge.ended_run set result = '1'",
                        "insert into kedge.run_log select * from kedge.run_log",
                        "select kedge.make_partitions(5)",
                        "select kedge.enqueue('mine', 'job', '1', gen_random_uuid())")) {
            probes.add(new Probe(OPERATOR, act, REFUSED));
            probes.add(new Probe(WRITER, act, REFUSED));
        }
    }

    private static void definitions(List<Probe> probes) {
        var inserts =
                Map.of(
                        "job",
                        "insert into kedge.job (namespace, name, binding, max_attempts, backoff,"
                                + " backoff_delays_ms, jitter, on_worker_lost, max_losses, priority,"
                                + " queue) values ('%s', 'new', 'java', 1, 'fixed', '{1}', 0, 'retry',"
                                + " 1, 0, 'default')",
                        "lane",
                        "insert into kedge.lane (namespace, queue, job) values ('%s', 'new', 'job')",
                        "namespace_limit",
                        "insert into kedge.namespace_limit values ('%s', 5)"
                                + " on conflict (namespace) do update set max_concurrency = 5",
                        "trigger",
                        "insert into kedge.trigger (trigger_id, namespace, job, kind, topic)"
                                + " values (gen_random_uuid(), '%s', 'job', 'event', 'new')",
                        "function",
                        "insert into kedge.function (namespace, name) values ('%s', 'new')",
                        "deployment",
                        "insert into kedge.deployment (deployment_id, namespace, function, version,"
                                + " code, digest) values (gen_random_uuid(), '%s', 'f', 2, 'c', 'd')");
        inserts.forEach((table, insert) -> {
            probes.add(new Probe(ADMIN, insert.formatted(Tenants.MINE), "1"));
            probes.add(new Probe(ADMIN, insert.formatted(Tenants.THEIRS), REFUSED));
            probes.add(new Probe(ANN, insert.formatted(Tenants.MINE), REFUSED));
            probes.add(new Probe(READER, insert.formatted(Tenants.MINE), REFUSED));
            probes.add(new Probe(OPERATOR, insert.formatted(Tenants.THEIRS), "1"));
        });
        var changes =
                List.of(
                        "update kedge.job set paused = true",
                        "update kedge.namespace_limit set max_concurrency = 7",
                        "update kedge.trigger set enabled = false",
                        "update kedge.function set active_deployment = null",
                        "delete from kedge.namespace_limit",
                        "delete from kedge.trigger");
        changes.forEach(change -> {
            probes.add(new Probe(ADMIN, change, "1"));
            probes.add(new Probe(OPERATOR, change, "2"));
            probes.add(new Probe(READER, change, "0"));
            probes.add(new Probe(ANN, change, "0"));
        });
        probes.add(new Probe(ADMIN, "update kedge.job set namespace = 'other'", REFUSED));
        probes.add(new Probe(ADMIN, "delete from kedge.dead_letter", "3"));
        probes.add(new Probe(OPERATOR, "delete from kedge.dead_letter", "5"));
        probes.add(new Probe(READER, "delete from kedge.dead_letter", "0"));
        probes.add(new Probe(ANN, "delete from kedge.dead_letter", "0"));
    }

    private static void commits(List<Probe> probes) {
        probes.add(new Probe(WRITER, run("mine", "'user:ann'"), "1"));
        probes.add(new Probe(WRITER, returning(run("mine", "'user:ann'"), "run_id"), "1"));
        Map.of("'user:bob'", "mine", "null", "mine", "'user:ann'", "theirs")
                .forEach((submitter, namespace) -> {
                    var insert = run(namespace, submitter);
                    probes.add(new Probe(WRITER, insert, REFUSED));
                    probes.add(new Probe(WRITER, returning(insert, "run_id"), REFUSED));
                });
        probes.add(new Probe(IDLE_WRITER, run("mine", "'user:ann'"), REFUSED));
        var queued =
                "insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due,"
                        + " due_at) values (gen_random_uuid(), '%s', 'job', 1, 'pending', 0, true,"
                        + " now())";
        probes.add(new Probe(WRITER, queued.formatted(Tenants.MINE), "1"));
        probes.add(new Probe(WRITER, returning(queued.formatted(Tenants.MINE), "run_id"), "1"));
        probes.add(new Probe(WRITER, queued.formatted(Tenants.THEIRS), REFUSED));
        var counted = "insert into kedge.run_tally_change values ('%s', 'job', 'pending', 1)";
        probes.add(new Probe(WRITER, counted.formatted(Tenants.MINE), "1"));
        probes.add(new Probe(WRITER, counted.formatted(Tenants.THEIRS), REFUSED));
        var published =
                "insert into kedge.event (event_id, namespace, topic, payload, published_by) values"
                        + " (gen_random_uuid(), '%s', 't', '1', '%s')";
        var anns = published.formatted(Tenants.MINE, "user:ann");
        probes.add(new Probe(WRITER, anns, "1"));
        probes.add(new Probe(WRITER, returning(anns, "event_id"), "1"));
        probes.add(new Probe(WRITER, published.formatted(Tenants.MINE, "user:bob"), REFUSED));
        probes.add(new Probe(WRITER, published.formatted(Tenants.THEIRS, "user:ann"), REFUSED));
        var told = "insert into kedge.outbox (kind, subject) values ('%s', gen_random_uuid())";
        probes.add(new Probe(WRITER, told.formatted("event"), "1"));
        probes.add(new Probe(WRITER, told.formatted("orphaned"), REFUSED));
        probes.add(new Probe(IDLE_WRITER, told.formatted("event"), REFUSED));
        Map.of("run", "1", "active_run", "3", "event", "1")
                .forEach((table, count) -> {
                    var key = table.equals("event") ? "event_id" : "run_id";
                    var asked = "select count(%s) from kedge.%s".formatted(key, table);
                    probes.add(new Probe(WRITER, asked, count));
                    probes.add(new Probe(IDLE_WRITER, asked, "0"));
                });
        probes.add(new Probe(WRITER, "select count(*) from kedge.lane", "2"));
        probes.add(new Probe(IDLE_WRITER, "select count(*) from kedge.lane", "0"));
        for (var table : List.of("job", "namespace_limit")) {
            probes.add(new Probe(WRITER, "select count(*) from kedge." + table, "1"));
            probes.add(new Probe(IDLE_WRITER, "select count(*) from kedge." + table, "0"));
        }
        probes.add(new Probe(WRITER, "select count(gen) from kedge.worker", "1"));
        probes.add(new Probe(IDLE_WRITER, "select count(gen) from kedge.worker", "0"));
        probes.add(new Probe(WRITER, "select host from kedge.worker", REFUSED));
        probes.add(new Probe(WRITER, "select from kedge.worker for share", REFUSED));
        probes.add(new Probe(WRITER, "select payload from kedge.run", REFUSED));
    }

    /** Who may write a row may also read it back, or learn that it is there: by another policy. */
    private static String returning(String insert, String key) {
        return "%s on conflict (%s) do nothing returning (select 1 where %2$s is not null)"
                .formatted(insert, key);
    }

    private static String run(String namespace, String submitter) {
        return ("insert into kedge.run (run_id, namespace, job, queue, priority, payload,"
                        + " submitted_by, submitter_role) select gen_random_uuid(), '%s', 'job',"
                        + " 'default', 0, '{}', u, left(u, 4) from (values (%s)) as v (u)")
                .formatted(namespace, submitter);
    }

    @Test
    void kedge_P15_each_role_sees_and_does_what_it_claims_and_nothing_more() throws SQLException {
        try (var connection = DB.asOwner()) {
            connection.setAutoCommit(false);

            assertThat(PROBES.stream().flatMap(probe -> otherwise(connection, probe))).isEmpty();
        }
    }

    static List<Policy> policies() throws SQLException {
        return rows(
                        "select tablename || ' ' || policyname || ' ' || (policyname = 'engine')"
                                + " from pg_policies where schemaname = 'kedge' order by 1")
                .stream()
                .map(row -> row.split(" "))
                .map(parts -> new Policy(parts[0], parts[1], parts[2].equals("true")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void without_any_one_policy_somebody_is_answered_otherwise(Policy policy) throws SQLException {
        assertNoticed(
                policy, "drop policy %s on kedge.%s".formatted(policy.name(), policy.table()));
    }

    static Stream<Policy> narrowPolicies() throws SQLException {
        return policies().stream().filter(policy -> !policy.isOwners());
    }

    @ParameterizedTest
    @MethodSource("narrowPolicies")
    void with_any_one_policy_thrown_open_somebody_is_answered_otherwise(Policy policy)
            throws SQLException {
        assertNoticed(
                policy,
                ("do $$ declare p record; begin select * into p from pg_policies where schemaname ="
                                + " 'kedge' and tablename = '%2$s' and policyname = '%1$s'; execute"
                                + " 'alter policy %1$s on kedge.%2$s' || case when p.qual is null"
                                + " then '' else ' using (true)' end || case when p.with_check is"
                                + " null then '' else ' with check (true)' end; end $$")
                        .formatted(policy.name(), policy.table()));
    }

    private static void assertNoticed(Policy policy, String mutation) throws SQLException {
        var about = "kedge." + policy.table();
        try (var connection = DB.asOwner()) {
            connection.setAutoCommit(false);
            Tenants.execute(connection, mutation);
            try {
                assertThat(
                                PROBES.stream()
                                        .sorted(
                                                Comparator.comparing(
                                                        probe -> !probe.asked().contains(about)))
                                        .flatMap(probe -> otherwise(connection, probe))
                                        .findFirst())
                        .isPresent();
            } finally {
                connection.rollback();
            }
        }
    }

    /** The probe, with the answer it got, if that is not the one it should get. */
    private static Stream<String> otherwise(Connection connection, Probe probe) {
        try {
            var answer = answer(connection, probe);
            return probe.answer().equals(answer)
                    ? Stream.empty()
                    : Stream.of("%s -> %s".formatted(probe, answer));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable String answer(Connection connection, Probe probe) throws SQLException {
        var before = connection.setSavepoint();
        try (var statement = connection.createStatement()) {
            statement.execute(probe.who());
            if (statement.execute(probe.asked())) {
                try (var result = statement.getResultSet()) {
                    return result.next() ? result.getString(1) : null;
                }
            }
            return String.valueOf(statement.getUpdateCount());
        } catch (SQLException refused) {
            return INSUFFICIENT_PRIVILEGE.equals(refused.getSQLState())
                    ? REFUSED
                    : refused.getMessage();
        } finally {
            connection.rollback(before);
        }
    }

    private static final String GUARDED =
            "c.relnamespace = 'kedge'::regnamespace and c.relkind in ('r', 'p') and c.relname <>"
                    + " 'schema_change'";

    private static List<String> rows(String sql) throws SQLException {
        try (var connection = DB.asOwner();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<String>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }
}
