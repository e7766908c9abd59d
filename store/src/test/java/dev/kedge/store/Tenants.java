package dev.kedge.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database in which everything lies that Kedge keeps, of several namespaces and submitters: one
 * row of each run in every table that is kept by run, in every partition.
 */
final class Tenants {

    static final String MINE = "mine";
    static final String THEIRS = "theirs";

    /** A run, and whose it is. */
    record Owned(String run, String namespace, @Nullable String submitter) {}

    private static final List<String> KEPT_BY_RUN =
            List.of(
                    "active_run (run_id, namespace, job, lane, state, priority, due, due_at)"
                            + " select run_id, namespace, job, 1, 'pending', 0, true, now()",
                    "ended_run (run_id, namespace, job, state, epoch, attempt, failures, losses,"
                            + " due_at, failure_code, failure_message) select run_id, namespace, job,"
                            + " 'failed', 1, 1, 0, 0, now(), 'handler_error', 'it broke'",
                    "attempt (run_id, epoch, number, worker, failure_code, failure_message)"
                            + " select run_id, 1, 1, gen_random_uuid(), 'handler_error', 'it broke'",
                    "run_log (run_id, epoch, line, attempt, level, message)"
                            + " select run_id, 1, 1, 1, 'info', 'hello'",
                    "step (run_id, path, kind, position, seen, epoch, attempt, output, started_at)"
                            + " select run_id, 'charge', 'step', 1, 0, 1, 1, '42', now()",
                    "wait (run_id, path, kind, namespace, seen, topic)"
                            + " select run_id, 'paid', 'wait', namespace, 0, 'paid'",
                    "run_state (run_id, key, value) select run_id, 'k', '42'",
                    "dead_letter (run_id, namespace, job, poisoned)"
                            + " select run_id, namespace, job, false",
                    "event (event_id, namespace, topic, payload, emitted_by)"
                            + " select run_id, namespace, 'emitted', '42', run_id");

    private static final List<String> OF_CALLERS =
            List.of(
                    "user_account (user_id, email, password)"
                            + " values (gen_random_uuid(), 'ann@example.org', 'hash')",
                    "session (session_id, user_id, access_hash, access_until, refresh_hash, until)"
                            + " select gen_random_uuid(), user_id, 'a', now(), 'r', now()"
                            + " from kedge.user_account",
                    "spent_refresh (refresh_hash, session_id)"
                            + " select 's', session_id from kedge.session",
                    "api_key (key_id, name, hash, hint, role, everywhere, namespaces, made_by)"
                            + " values (gen_random_uuid(), 'n', 'h', 'kedge_', 'admin', false,"
                            + " '{mine}', 'user:ann')",
                    "role (name, permissions, sees_all) values ('own', '{jobs:read}', false)",
                    "membership (principal, namespace, role)"
                            + " values ('user:ann', 'mine', 'admin')",
                    "revocation (principal, token, before) values ('user:ann', '', now())");

    private Tenants() {}

    /** Fills the database as its owner; returns the runs by id. */
    static Map<String, Owned> fill(TestDb db, List<Owned> runs) throws SQLException {
        try (var connection = db.asOwner()) {
            for (var namespace : runs.stream().map(Owned::namespace).distinct().sorted().toList()) {
                define(connection, namespace);
            }
            for (var run : runs) {
                execute(
                        connection,
                        ("insert into kedge.run (run_id, namespace, job, queue, priority, payload,"
                                        + " submitted_by, submitter_role) values ('%s', '%s', 'job',"
                                        + " 'default', 0, '{}', %s, %s)")
                                .formatted(
                                        run.run(),
                                        run.namespace(),
                                        run.submitter() == null
                                                ? "null"
                                                : "'" + run.submitter() + "'",
                                        run.submitter() == null ? "null" : "'authenticated'"));
            }
            for (var kept : KEPT_BY_RUN) {
                execute(connection, "insert into kedge." + kept + " from kedge.run");
            }
            execute(
                    connection,
                    "insert into kedge.event_run (event_id, trigger_id, run_id) select r.run_id,"
                            + " t.trigger_id, r.run_id from kedge.run as r"
                            + " join kedge.trigger as t using (namespace)");
            execute(
                    connection,
                    "insert into kedge.cron_slot (trigger_id, slot, namespace, verdict, late_ms)"
                            + " select trigger_id, now(), namespace, 'missed', 0"
                            + " from kedge.trigger");
            execute(
                    connection,
                    "insert into kedge.worker values (gen_random_uuid(), 1, 'h', 1, 1)");
            execute(
                    connection,
                    "insert into kedge.worker_beat select worker_id, now(), now() from kedge.worker");
            execute(connection, "select kedge.audit_append('mine', 'user:ann', 'act', 's', '{}')");
            execute(
                    connection,
                    "insert into kedge.secret_key (key_id, namespace, wrapped_by, wrapped) values"
                            + " (gen_random_uuid(), 'mine', 'k', 'w')");
            execute(
                    connection,
                    "insert into kedge.secret (namespace, owner, name, version, key_id, sealed,"
                            + " set_by) select namespace, '', 'NAME', 1, key_id, 's', 'user:ann'"
                            + " from kedge.secret_key");
            for (var kept : OF_CALLERS) {
                execute(connection, "insert into kedge." + kept);
            }
            execute(connection, "insert into kedge.credential values ('admin', 'hash')");
            execute(
                    connection,
                    "insert into kedge.outbox (kind, subject) values ('event', gen_random_uuid())");
        }
        return runs.stream()
                .collect(Collectors.toMap(Owned::run, run -> run, (a, _) -> a, LinkedHashMap::new));
    }

    private static void define(Connection connection, String namespace) throws SQLException {
        execute(
                connection,
                ("insert into kedge.job (namespace, name, binding, max_attempts, backoff,"
                                + " backoff_delays_ms, jitter, on_worker_lost, max_losses, priority,"
                                + " queue) values ('%s', 'job', 'java', 1, 'fixed', '{1}', 0, 'retry',"
                                + " 1, 0, 'default')")
                        .formatted(namespace));
        for (var row :
                List.of(
                        "lane (namespace, queue, job) values ('%s', 'default', 'job')",
                        "namespace_limit values ('%s', 10)",
                        "namespace_quota (namespace, max_pending) values ('%s', 10)",
                        "trigger (trigger_id, namespace, job, kind, topic)"
                                + " values (gen_random_uuid(), '%s', 'job', 'event', 'paid')",
                        "deployment (deployment_id, namespace, function, version, code, digest)"
                                + " values (gen_random_uuid(), '%s', 'f', 1, 'code', 'digest')",
                        "function (namespace, name) values ('%s', 'f')",
                        "run_tally values ('%s', 'job', 'pending', 1)",
                        "run_tally_change values ('%s', 'job', 'pending', 1)",
                        "rate_slot values ('%s', 'job', '', now(), now(), 1)")) {
            execute(connection, "insert into kedge." + row.formatted(namespace));
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
