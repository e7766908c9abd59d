package dev.kedge.engine.attempt;

import dev.kedge.model.Durations;
import dev.kedge.model.Failure;
import dev.kedge.model.Outcome;
import java.time.Duration;
import java.util.Optional;

/** Why an attempt is ended from outside, and what that makes of it. */
sealed interface Stop {

    record TimedOut(Duration limit) implements Stop {}

    record NoProgress(Duration limit) implements Stop {}

    record Cancelled(String by) implements Stop {}

    record HandedBack() implements Stop {}

    /** The lease is somebody else's: there is nothing left to say about the run. */
    record LeaseLost() implements Stop {}

    /** What follows; nothing where the run is no longer ours. */
    default Optional<Outcome> outcome() {
        return switch (this) {
            case TimedOut(var limit) ->
                    failed(
                            Failure.Code.TIMEOUT,
                            "took longer than the timeout of " + Durations.format(limit));
            case NoProgress(var limit) ->
                    failed(
                            Failure.Code.PROGRESS_TIMEOUT,
                            "reported no progress for " + Durations.format(limit));
            case Cancelled(var by) -> Optional.of(new Outcome.Cancelled("cancelled by " + by));
            case HandedBack() -> Optional.of(new Outcome.HandedBack());
            case LeaseLost() -> Optional.empty();
        };
    }

    private static Optional<Outcome> failed(Failure.Code code, String message) {
        return Optional.of(new Outcome.Failed(Failure.of(code, message)));
    }
}
