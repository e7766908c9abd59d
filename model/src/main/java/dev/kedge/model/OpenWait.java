package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A wait of a run that is not on record yet.
 *
 * @param ready whether it was over when it was read, by the database's clock
 * @param wakeAt when time ends it; null where time does not
 * @param topic of the event it waits for; null where it waits for none
 * @param child the run it waits for; null where it waits for none
 */
public record OpenWait(
        Path path,
        EntryKind kind,
        int seen,
        boolean ready,
        @Nullable Instant wakeAt,
        @Nullable Topic topic,
        @Nullable RunId child) {}
