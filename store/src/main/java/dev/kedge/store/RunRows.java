package dev.kedge.store;

import dev.kedge.model.Cause;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.EventId;
import dev.kedge.model.Failure;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.LimitKeys;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Progress;
import dev.kedge.model.QueueName;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Spent;
import dev.kedge.model.TriggerId;
import dev.kedge.model.WorkerId;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads runs out of rows of {@code run_overview}. */
final class RunRows {

    private RunRows() {}

    static Run run(Row row) throws SQLException {
        return run(
                row,
                row.payload("payload"),
                row.payloadOrNull("result"),
                row.payloadOrNull("metadata"));
    }

    /** Out of a row of {@code run_summary}: what may be large is left out. */
    static Run summary(Row row) throws SQLException {
        return run(row, Payload.NULL, null, null);
    }

    private static Run run(
            Row row, Payload payload, @Nullable Payload result, @Nullable Payload metadata)
            throws SQLException {
        return new Run(
                new RunId(row.uuid("run_id")),
                new Namespace(row.text("namespace")),
                new JobName(row.text("job")),
                new QueueName(row.text("queue")),
                RunState.of(row.text("state")),
                row.number("priority"),
                payload,
                row.time("created_at"),
                row.timeOrNull("due_at"),
                row.timeOrNull("started_at"),
                row.timeOrNull("ended_at"),
                row.number("attempt"),
                spent(row),
                worker(row),
                deployment(row),
                progress(row),
                row.timeOrNull("progress_at"),
                row.timeOrNull("cancel_requested_at"),
                row.textOrNull("cancel_requested_by"),
                result,
                failure(row),
                row.textOrNull("cancel_reason"),
                row.textOrNull("key"),
                row.timeOrNull("expires_at"),
                row.numberOrNull("max_attempts"),
                row.millisOrNull("timeout_ms"),
                row.texts("tags"),
                metadata,
                run(row, "origin"),
                new Cause(run(row, "parent"), trigger(row), event(row)),
                new LimitKeys(row.textOrNull("concurrency_key"), row.textOrNull("ordering_key")),
                submitter(row));
    }

    static @Nullable Identity submitter(Row row) throws SQLException {
        var id = row.textOrNull("submitted_by");
        return id == null
                ? null
                : new Identity(
                        new PrincipalId(id),
                        row.text("submitter_role"),
                        row.textOrNull("submitter_email"));
    }

    static Spent spent(Row row) throws SQLException {
        return new Spent(row.number("failures"), row.number("losses"));
    }

    static @Nullable Failure failure(Row row) throws SQLException {
        var code = row.textOrNull("failure_code");
        return code == null
                ? null
                : new Failure(
                        Failure.Code.of(code),
                        row.textOrNull("failure_type"),
                        row.text("failure_message"),
                        row.textOrNull("failure_stack"));
    }

    static @Nullable DeploymentId deployment(Row row) throws SQLException {
        var id = row.uuidOrNull("deployment");
        return id == null ? null : new DeploymentId(id);
    }

    private static @Nullable WorkerId worker(Row row) throws SQLException {
        var id = row.uuidOrNull("worker");
        return id == null ? null : new WorkerId(id);
    }

    private static @Nullable RunId run(Row row, String column) throws SQLException {
        var id = row.uuidOrNull(column);
        return id == null ? null : new RunId(id);
    }

    private static @Nullable TriggerId trigger(Row row) throws SQLException {
        var id = row.uuidOrNull("trigger");
        return id == null ? null : new TriggerId(id);
    }

    private static @Nullable EventId event(Row row) throws SQLException {
        var id = row.uuidOrNull("event");
        return id == null ? null : new EventId(id);
    }

    private static @Nullable Progress progress(Row row) throws SQLException {
        return row.timeOrNull("progress_at") == null
                ? null
                : new Progress(
                        row.realOrNull("progress_percent"),
                        row.largeOrNull("progress_processed"),
                        row.largeOrNull("progress_total"),
                        row.textOrNull("progress_message"),
                        row.payloadOrNull("progress_data"));
    }
}
