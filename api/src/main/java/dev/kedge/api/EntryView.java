package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a run that is over, as its journal has it.
 *
 * @param path its name within the run; {@code charge[7]} where it has a key
 * @param kind {@code step, sleep, wait, invoke} or {@code emit}
 * @param position where it stands in the journal, from 1; absent for a step that failed and will be
 *     tried again by the next attempt
 * @param attempt in which attempt it ended
 * @param tries how often it was carried out
 * @param output what came of it; absent where it failed
 * @param failure why it failed
 */
public record EntryView(
        String path,
        String kind,
        @Nullable Integer position,
        int attempt,
        int tries,
        Instant startedAt,
        Instant endedAt,
        @Nullable RawJson output,
        RunView.@Nullable FailureView failure) {}
