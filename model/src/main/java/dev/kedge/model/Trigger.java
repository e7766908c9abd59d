package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A standing reason to start runs of a job. */
public sealed interface Trigger permits EventTrigger, CronTrigger {

    TriggerId id();

    JobName job();

    boolean enabled();

    Instant createdAt();

    /** When it last started a run; null if it never did. */
    @Nullable Instant lastTriggeredAt();
}
