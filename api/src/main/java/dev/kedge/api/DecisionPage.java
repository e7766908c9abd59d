package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a schedule's times, newest first. */
public record DecisionPage(List<DecisionView> items, @Nullable String nextCursor) {

    /**
     * What became of one time.
     *
     * @param verdict {@code started}, {@code skipped}, {@code missed} or {@code refused}
     * @param runId the run that it started, or that was in its way
     * @param words the same for people
     */
    public record DecisionView(
            Instant slot, String verdict, @Nullable String runId, String words) {}
}
