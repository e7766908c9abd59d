package dev.kedge.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published fact.
 *
 * @param emittedBy the run that published it; null where it came from outside
 * @param consumedAt when it first reached a waiting run or started one; null while it has not
 * @param started the runs that it started, one for each trigger
 */
public record Event(
        EventId id,
        Topic topic,
        Payload payload,
        @Nullable RunId emittedBy,
        Instant publishedAt,
        @Nullable Instant consumedAt,
        List<RunId> started) {}
