package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Starts a run of a job for each event of a topic.
 *
 * @param match a JSON value that an event's payload must contain; null for any payload
 * @param lastTriggeredAt when an event last started a run by it
 */
public record EventTrigger(
        TriggerId id,
        JobName job,
        Topic topic,
        @Nullable Payload match,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant lastTriggeredAt)
        implements Trigger {}
