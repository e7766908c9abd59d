package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a job, as it stood when it was read. In lists, payload and metadata are left out
 * (JSON null, null), and so is the result.
 *
 * @param dueAt when it becomes or became due, for an ended run when it last was; null while it
 *     waits for something other than time
 * @param attempt how many attempts were claimed
 * @param worker who holds it, or held it at the end
 * @param cancelRequestedAt when somebody asked for it to stop
 * @param result what the handler returned; only of a completed run
 * @param failure of a failed run, why; of a pending one that failed before, the last reason; of a
 *     cancelled one, what was said
 * @param maxAttempts as submitted; null for the job's
 * @param timeout as submitted; null for the job's
 * @param keys which other runs it shares limits or an order with
 * @param submitter who submitted it; null for Kedge itself and its operator
 */
public record Run(
        RunId id,
        Namespace namespace,
        JobName job,
        QueueName queue,
        RunState state,
        int priority,
        Payload payload,
        Instant createdAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        int attempt,
        Spent spent,
        @Nullable WorkerId worker,
        @Nullable DeploymentId deployment,
        @Nullable Progress progress,
        @Nullable Instant progressAt,
        @Nullable Instant cancelRequestedAt,
        @Nullable String cancelRequestedBy,
        @Nullable Payload result,
        @Nullable Failure failure,
        @Nullable String cancelReason,
        @Nullable String key,
        @Nullable Instant expiresAt,
        @Nullable Integer maxAttempts,
        @Nullable Duration timeout,
        List<String> tags,
        @Nullable Payload metadata,
        @Nullable RunId origin,
        Cause cause,
        LimitKeys keys,
        @Nullable Identity submitter) {}
