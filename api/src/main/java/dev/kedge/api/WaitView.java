package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a run waits for.
 *
 * @param path its name within the run
 * @param kind {@code sleep, wait} or {@code invoke}
 * @param over whether it has ended, so that the run can go on
 * @param wakeAt when time ends it; absent where time does not
 * @param topic of the event it waits for
 * @param child the run it waits for
 */
public record WaitView(
        String path,
        String kind,
        boolean over,
        @Nullable Instant wakeAt,
        @Nullable String topic,
        @Nullable String child) {}
