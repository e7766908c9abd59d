package dev.kedge.model;

import java.time.Duration;

/** What is said about an attempt. {@link Transition} says what becomes of the run. */
public sealed interface Outcome {

    /** The handler is done, and this is its result. */
    record Succeeded(Payload result) implements Outcome {}

    /** Failed in a way that another attempt may mend. */
    record Failed(Failure failure) implements Outcome {}

    /** Failed in a way that no further attempt can mend. */
    record FailedForGood(Failure failure) implements Outcome {}

    /** Not now: come back after {@code delay}. Costs no attempt. */
    record Snoozed(Duration delay) implements Outcome {
        public Snoozed {
            Bounds.check("delay", delay, Duration.ZERO, NewRun.DELAY_MAX);
        }
    }

    /** Parked on what its journal says it waits for. The same attempt goes on when that is over. */
    record Suspended() implements Outcome {}

    /** Stopped because somebody asked for it. */
    record Cancelled(String reason) implements Outcome {
        public Cancelled {
            reason = Texts.kept(reason, Transition.REASON_CHARS_MAX);
        }
    }

    /** Not carried to its end by no fault of its own: the worker is shutting down. */
    record HandedBack() implements Outcome {}

    /** The worker died. Said by whoever finds out, never by the worker. */
    record WorkerLost() implements Outcome {}
}
