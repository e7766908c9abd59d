package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published event.
 *
 * @param emittedBy the run that published it; absent where it came from outside
 * @param consumedAt when it first reached a waiting run or started one; absent while it has not
 * @param started the runs that it started, one for each trigger
 */
public record EventView(
        String id,
        String topic,
        RawJson payload,
        @Nullable String emittedBy,
        Instant publishedAt,
        @Nullable Instant consumedAt,
        List<String> started) {}
