package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A standing reason for runs of a job.
 *
 * @param kind {@code event} or {@code cron}
 * @param topic of the events that start a run
 * @param match what an event's payload must contain; absent for any payload
 * @param schedule when it is due, with what follows; absent unless it is a {@code cron} trigger
 * @param overlap {@code skip}, {@code allow}, {@code queue} or {@code cancelRunning}
 * @param catchUp which of the times that were missed start a run all the same
 * @param declared whether it came with the job's definition, and goes with it
 * @param lastTriggeredAt when it last started a run
 * @param nextAt when it is due next; absent while it is disabled
 */
public record TriggerView(
        String id,
        String job,
        String kind,
        @Nullable String topic,
        @Nullable RawJson match,
        @Nullable String schedule,
        @Nullable String zone,
        TriggerBody.@Nullable OnOverlap overlap,
        TriggerBody.@Nullable Missed catchUp,
        @Nullable RawJson payload,
        @Nullable Boolean declared,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant lastTriggeredAt,
        @Nullable Instant nextAt) {}
