package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What becomes of slots that nobody was there for in time.
 *
 * @param most how many of them start a run all the same, the newest
 */
public record CatchUp(int most) {

    public static final CatchUp NONE = new CatchUp(0);
    public static final CatchUp LAST = new CatchUp(1);

    /** All of them, as far as that is bounded. */
    public static final CatchUp ALL = new CatchUp(CatchUp.MOST_MAX);

    public static final int MOST_MAX = 1_000;

    /** A slot that is no later than this is not missed. */
    public static final Duration IN_TIME = Duration.ofMinutes(1);

    public CatchUp {
        Bounds.check("catchUp", most, 0, MOST_MAX);
    }

    /**
     * Which of {@code slots}, the oldest first, are to be passed over at {@code now}: so many of
     * the oldest.
     */
    public int missed(List<Instant> slots, Instant now) {
        var late = (int) slots.stream().filter(slot -> slot.isBefore(now.minus(IN_TIME))).count();
        return Math.max(0, late - most);
    }
}
