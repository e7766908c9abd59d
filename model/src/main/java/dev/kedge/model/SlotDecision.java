package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of one slot of a schedule.
 *
 * @param slot when it was due
 * @param run the run that it started; of one that was skipped, the run that was in its way
 * @param reason why it was refused; null otherwise
 * @param late how long after the slot that was decided
 */
public record SlotDecision(
        Instant slot,
        Verdict verdict,
        @Nullable RunId run,
        @Nullable String reason,
        Duration late) {

    /** What was decided. */
    public enum Verdict {
        /** It started a run. */
        STARTED,
        /** An earlier run had not ended. */
        SKIPPED,
        /** Nobody was there in time, and it was not to be made up for. */
        MISSED,
        /** The job takes no runs. */
        REFUSED
    }

    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

    /** The decision in words. */
    public String words() {
        var what =
                switch (verdict) {
                    case STARTED -> "started run %s".formatted(run);
                    case SKIPPED -> "skipped: run %s still active".formatted(run);
                    case MISSED -> "missed";
                    case REFUSED -> "refused: " + reason;
                };
        return late.compareTo(WORTH_TELLING) < 0
                ? what
                : "%s, late by %s"
                        .formatted(what, Durations.format(Duration.ofSeconds(late.toSeconds())));
    }
}
