package dev.kedge.model;

import java.util.Locale;

/** Where a run stands. The last three are final. */
public enum RunState {
    /** Waits for a slot, for its time, or for its next attempt. */
    PENDING,
    /** A worker holds its lease. */
    RUNNING,
    /** Parked until a wait is over; holds no slot. */
    SLEEPING,
    COMPLETED,
    FAILED,
    CANCELLED;

    public boolean isFinal() {
        return switch (this) {
            case PENDING, RUNNING, SLEEPING -> false;
            case COMPLETED, FAILED, CANCELLED -> true;
        };
    }

    /** The word used in SQL, HTTP and on the terminal. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static RunState of(String word) {
        for (var state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw new KedgeException.Invalid(
                "state",
                "'%s' is none of pending, running, sleeping, completed, failed, cancelled"
                        .formatted(word));
    }
}
