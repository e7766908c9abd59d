package dev.kedge.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the runs of a job are treated.
 *
 * @param recovery what follows from failures and lost workers
 * @param timeout how long one attempt may take; null for no limit
 * @param progressTimeout how long an attempt may go on without reporting progress; null for ever
 * @param cancelGrace how long a handler that was asked to stop may go on before it is stopped; null
 *     where cancellation is cooperative only and nothing is ever stopped by force
 * @param priority −100 to 100, higher first; a run may name its own
 * @param queue the lane its runs wait in, unless a run names another
 * @param limits how many may run at once, and how often they may start
 * @param requireRoles of which a submitter must hold one, by name; empty where anybody may submit
 */
public record JobPolicy(
        RecoveryPolicy recovery,
        @Nullable Duration timeout,
        @Nullable Duration progressTimeout,
        @Nullable Duration cancelGrace,
        int priority,
        QueueName queue,
        Limits limits,
        List<String> requireRoles) {

    public static final Duration TIMEOUT_MAX = Duration.ofDays(30);
    public static final int ROLES_MAX = 16;
    public static final int PRIORITY_MIN = -100;
    public static final int PRIORITY_MAX = 100;

    public static final JobPolicy DEFAULT =
            new JobPolicy(
                    RecoveryPolicy.DEFAULT,
                    Duration.ofMinutes(10),
                    null,
                    Duration.ofSeconds(30),
                    0,
                    QueueName.DEFAULT,
                    Limits.NONE,
                    List.of());

    public JobPolicy {
        if (timeout != null) {
            Bounds.check("timeout", timeout, Duration.ofMillis(1), TIMEOUT_MAX);
        }
        if (progressTimeout != null) {
            Bounds.check("progressTimeout", progressTimeout, Duration.ofMillis(1), TIMEOUT_MAX);
        }
        if (cancelGrace != null) {
            Bounds.check("cancelGrace", cancelGrace, Duration.ZERO, TIMEOUT_MAX);
        }
        checkPriority(priority);
        requireRoles = requireRoles.stream().distinct().toList();
        Bounds.check("requireRoles", requireRoles.size(), 0, ROLES_MAX);
        requireRoles.forEach(role -> Role.checkName("requireRoles", role));
    }

    static void checkPriority(int priority) {
        Bounds.check("priority", priority, PRIORITY_MIN, PRIORITY_MAX);
    }

    public JobPolicy withRecovery(RecoveryPolicy other) {
        return new JobPolicy(
                other,
                timeout,
                progressTimeout,
                cancelGrace,
                priority,
                queue,
                limits,
                requireRoles);
    }

    public JobPolicy withRetry(RetryPolicy retry) {
        return withRecovery(
                new RecoveryPolicy(retry, recovery.onWorkerLost(), recovery.maxLosses()));
    }

    public JobPolicy withTimeout(@Nullable Duration other) {
        return new JobPolicy(
                recovery,
                other,
                progressTimeout,
                cancelGrace,
                priority,
                queue,
                limits,
                requireRoles);
    }

    public JobPolicy withProgressTimeout(@Nullable Duration other) {
        return new JobPolicy(
                recovery, timeout, other, cancelGrace, priority, queue, limits, requireRoles);
    }

    public JobPolicy withCancelGrace(@Nullable Duration other) {
        return new JobPolicy(
                recovery, timeout, progressTimeout, other, priority, queue, limits, requireRoles);
    }

    public JobPolicy withPriority(int other) {
        return new JobPolicy(
                recovery,
                timeout,
                progressTimeout,
                cancelGrace,
                other,
                queue,
                limits,
                requireRoles);
    }

    public JobPolicy withQueue(QueueName other) {
        return new JobPolicy(
                recovery,
                timeout,
                progressTimeout,
                cancelGrace,
                priority,
                other,
                limits,
                requireRoles);
    }

    public JobPolicy withLimits(Limits other) {
        return new JobPolicy(
                recovery,
                timeout,
                progressTimeout,
                cancelGrace,
                priority,
                queue,
                other,
                requireRoles);
    }

    public JobPolicy withRequireRoles(List<String> others) {
        return new JobPolicy(
                recovery, timeout, progressTimeout, cancelGrace, priority, queue, limits, others);
    }
}
