package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A standing reason for runs of a job.
 *
 * @param kind {@code event}
 * @param topic of the events that start a run
 * @param match what an event's payload must contain; absent for any payload
 * @param lastTriggeredAt when it last started a run
 */
public record TriggerView(
        String id,
        String job,
        String kind,
        String topic,
        @Nullable RawJson match,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant lastTriggeredAt) {}
