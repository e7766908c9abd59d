package dev.kedge.engine.attempt;

import dev.kedge.engine.catalog.Handlers;
import dev.kedge.model.Failure;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.Transition;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** Carries out one attempt, from its handler's first line to its verdict. */
final class AttemptRunner {

    private static final System.Logger LOG = System.getLogger(AttemptRunner.class.getName());

    private static final Outcome NO_OUTCOME =
            new Outcome.Failed(
                    Failure.of(Failure.Code.HANDLER_FAILED, "the handler returned no outcome"));

    private final Handlers handlers;
    private final Reports reports;
    private final Settler settler;
    private final RandomGenerator random;
    private final Tally tally;
    private final int resultBytesMax;
    private final IntConsumer freed;

    /** Calls {@code freed} with lanes in which the end of a lease lets another run start. */
    AttemptRunner(
            Handlers handlers,
            Reports reports,
            Settler settler,
            RandomGenerator random,
            Tally tally,
            int resultBytesMax,
            IntConsumer freed) {
        this.handlers = handlers;
        this.reports = reports;
        this.settler = settler;
        this.random = random;
        this.tally = tally;
        this.resultBytesMax = resultBytesMax;
        this.freed = freed;
    }

    /** What the handler says. Returns when its code runs no more. */
    Outcome perform(LiveAttempt attempt) {
        if (!attempt.begin()) {
            return new Outcome.HandedBack(); // It was stopped before it began; that decides.
        }
        tally.started.increment();
        try {
            var handler = handlers.handlerFor(attempt.definition(), attempt.claimed().deployment());
            var said = handler.handle(attempt);
            return attempt.cleaned(
                    attempt.durable().after(said == null ? NO_OUTCOME : withinLimits(said)));
        } catch (Throwable thrown) { // The border to user code: whatever it throws is its outcome.
            return attempt.cleaned(attempt.durable().after(thrown));
        }
    }

    private Outcome withinLimits(Outcome outcome) {
        return outcome instanceof Outcome.Succeeded(var result) && result.size() > resultBytesMax
                ? new Outcome.Failed(
                        Failure.of(
                                Failure.Code.BAD_RESULT,
                                "the result has %d bytes, the limit is %d"
                                        .formatted(result.size(), resultBytesMax)))
                : outcome;
    }

    /** Writes down what became of an attempt, whose end was just decided. */
    void conclude(LiveAttempt attempt, LiveAttempt.End end, Outcome said) {
        var outcome =
                end.stop() != null
                        ? end.stop().outcome()
                        : Optional.of(end.cancelledBy() == null ? said : cancelled(end, said));
        outcome.ifPresentOrElse(decided -> settle(attempt, decided), () -> lost(attempt));
    }

    /** A handler that ends after it was asked to stop has stopped, however it puts it. */
    private static Outcome cancelled(LiveAttempt.End end, Outcome said) {
        return said instanceof Outcome.HandedBack
                ? said
                : new Outcome.Cancelled("cancelled by " + end.cancelledBy());
    }

    private void settle(LiveAttempt attempt, Outcome outcome) {
        reports.flush(attempt);
        var transition =
                Transition.after(outcome, attempt.claimed().spent(), policyOf(attempt), random);
        try {
            if (settler.settle(attempt.lease(), transition)) {
                count(transition);
                if (attempt.claimed().frees() != null) {
                    freed.accept(attempt.claimed().frees());
                }
            } else {
                lost(attempt);
            }
        } catch (KedgeException unwritten) {
            // If it was not written after all, this worker will find a lease that it does not
            // know, and hand the run back.
            LOG.log(Level.WARNING, "{0}: no verdict written: {1}", attempt, unwritten.getMessage());
        }
    }

    private static RecoveryPolicy policyOf(LiveAttempt attempt) {
        var policy = attempt.definition().policy().recovery();
        var maxAttempts = attempt.claimed().maxAttempts();
        return maxAttempts == null
                ? policy
                : new RecoveryPolicy(
                        policy.retry().withMaxAttempts(maxAttempts),
                        policy.onWorkerLost(),
                        policy.maxLosses());
    }

    private void lost(LiveAttempt attempt) {
        tally.lost.increment();
        LOG.log(Level.INFO, "{0}: the lease was lost; another worker goes on", attempt);
    }

    private void count(Transition transition) {
        switch (transition) {
            case Transition.Complete _ -> tally.completed.increment();
            case Transition.Fail _ -> tally.failed.increment();
            case Transition.Cancel _ -> tally.cancelled.increment();
            case Transition.Retry _ -> tally.retried.increment();
            case Transition.Snooze _,
                    Transition.Suspend _,
                    Transition.HandBack _,
                    Transition.Resume _ -> {
                // Nothing is over.
            }
        }
    }
}
