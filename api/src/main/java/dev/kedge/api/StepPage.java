package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run has done, in the order in which it happened. A page ends early where outputs are
 * large.
 *
 * @param waits what the run waits for now; on the first page only
 */
public record StepPage(
        List<EntryView> items, @Nullable String nextCursor, @Nullable List<WaitView> waits) {}
