package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One record of a run's journal: an operation that is over, and what came of it.
 *
 * @param path its name within the run, see {@link Path}
 * @param position where it stands in the journal, from 1; null for a step that failed and will be
 *     tried again by the next attempt, and so is no history yet
 * @param seen the highest position whose result the code had been given when this began
 * @param attempt in which attempt it ended
 * @param tries how often it was carried out
 * @param output what came of it, JSON null where nothing did; null where it failed
 * @param failure why it failed; null where it did not
 */
public record Entry(
        Path path,
        EntryKind kind,
        @Nullable Integer position,
        int seen,
        int attempt,
        int tries,
        @Nullable Payload output,
        @Nullable Failure failure,
        Instant startedAt,
        Instant endedAt) {

    /** Where an entry stands among those of its run, for whoever reads them in pages. */
    public record Place(Instant endedAt, Path path) {}

    public Entry {
        if ((output == null) == (failure == null)) {
            throw new IllegalArgumentException("an entry has an output or a failure, one of both");
        }
    }

    public Place place() {
        return new Place(endedAt, path);
    }
}
