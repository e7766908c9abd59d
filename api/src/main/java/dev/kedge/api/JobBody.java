package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Defines a job. What is left out has the default of the engine.
 *
 * @param timeout how long one attempt may take; {@code none} for no limit
 * @param progressTimeout how long an attempt may go on without reporting progress
 * @param cancelGrace how long a handler that was asked to stop may go on; {@code cooperative} where
 *     nothing is ever stopped by force
 * @param enabled whether runs of it are accepted
 * @param maxConcurrency how many may run at once on all servers; no limit where left out
 * @param onExceeded what becomes of a submission while that many are active; {@code queue} where
 *     left out
 * @param maxConcurrencyPerKey how many with the same concurrency key may run at once
 * @param rateLimit how often they may start, by concurrency key
 * @param requireRoles of which whoever submits must hold one; anybody may where left out
 * @param schedule when it starts by itself; an empty list for never. Where left out, the schedules
 *     of its definition before stay
 */
public record JobBody(
        HandlerBody handler,
        @Nullable RetryBody retry,
        @Nullable String timeout,
        @Nullable String progressTimeout,
        @Nullable OnLoss onWorkerLost,
        @Nullable Integer maxLosses,
        @Nullable String cancelGrace,
        @Nullable Integer priority,
        @Nullable String queue,
        @Nullable String description,
        @Nullable Boolean enabled,
        @Nullable Integer maxConcurrency,
        @Nullable Refusal onExceeded,
        @Nullable Integer maxConcurrencyPerKey,
        @Nullable RateBody rateLimit,
        @Nullable List<String> requireRoles,
        @Nullable List<ScheduleBody> schedule) {

    /** The word for an attempt without a time limit. */
    public static final String NO_TIMEOUT = "none";

    /** The word for a handler that is never stopped by force. */
    public static final String COOPERATIVE = "cooperative";

    /** Who carries the runs out: exactly one of the two. */
    public record HandlerBody(@Nullable String function, @Nullable Boolean java) {}

    /**
     * @param maxAttempts failures after which a run is failed for good
     * @param delays of a {@code table}; the last one repeats
     * @param jitter how much longer a delay may get by chance, 0 to 1
     */
    public record RetryBody(
            @Nullable Integer maxAttempts,
            @Nullable Growth backoff,
            @Nullable String initialDelay,
            @Nullable String maxDelay,
            @Nullable List<String> delays,
            @Nullable Double jitter) {}

    /** When it starts by itself, and how; see {@link TriggerBody}. */
    public record ScheduleBody(
            String cron,
            @Nullable String zone,
            TriggerBody.@Nullable OnOverlap overlap,
            TriggerBody.@Nullable Missed catchUp,
            @Nullable RawJson payload) {}

    public enum Growth {
        FIXED,
        LINEAR,
        EXPONENTIAL,
        TABLE
    }

    public enum OnLoss {
        RETRY,
        FAIL
    }

    public enum Refusal {
        QUEUE,
        REJECT
    }

    /** At most {@code limit} in any stretch of time as long as {@code per}. */
    public record RateBody(int limit, String per) {}
}
