package dev.kedge.model;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** What becomes of a run when an attempt is over: the one change that follows from an outcome. */
public sealed interface Transition {

    /** A longer reason for a cancellation is cut. */
    int REASON_CHARS_MAX = 1_000;

    /** The run is over. */
    sealed interface Ends extends Transition {}

    /** The run goes on later, under a higher epoch. */
    sealed interface GoesOn extends Transition {}

    record Complete(Payload result) implements Ends {}

    record Fail(Failure failure) implements Ends {}

    record Cancel(String reason) implements Ends {
        public Cancel {
            reason = Texts.kept(reason, REASON_CHARS_MAX);
        }
    }

    /** One failure more; the next attempt is due after {@code delay}. */
    record Retry(Duration delay, Failure failure) implements GoesOn {}

    /** The same attempt goes on after {@code delay}. */
    record Snooze(Duration delay) implements GoesOn {}

    /** The same attempt goes on when the first of the run's waits is over. */
    record Suspend() implements GoesOn {}

    /** The same attempt goes on as soon as somebody has a slot. */
    record HandBack() implements GoesOn {}

    /** One loss more; the run is due at once, as a new attempt. */
    record Resume() implements GoesOn {}

    /** Decides, for every outcome there is, what comes next. Nothing else in Kedge decides this. */
    static Transition after(
            Outcome outcome, Spent spent, RecoveryPolicy policy, RandomGenerator random) {
        var retry = policy.retry();
        var failures = spent.failures() + 1;
        var losses = spent.losses() + 1;
        return switch (outcome) {
            case Outcome.Succeeded(var result) -> new Complete(result);
            case Outcome.Snoozed(var delay) -> new Snooze(delay);
            case Outcome.Suspended() -> new Suspend();
            case Outcome.HandedBack() -> new HandBack();
            case Outcome.Cancelled(var reason) -> new Cancel(reason);
            case Outcome.FailedForGood(var failure) -> new Fail(failure);
            case Outcome.Failed(var failure) when failures >= retry.maxAttempts() ->
                    new Fail(failure);
            case Outcome.Failed(var failure) ->
                    new Retry(retry.delayAfter(failures, random), failure);
            case Outcome.WorkerLost() when policy.onWorkerLost() == OnWorkerLost.FAIL ->
                    new Fail(
                            Failure.of(
                                    Failure.Code.WORKER_LOST,
                                    "the worker died during the attempt, and the job's policy is"
                                            + " onWorkerLost: fail"));
            case Outcome.WorkerLost() when losses >= policy.maxLosses() ->
                    new Fail(
                            Failure.of(
                                    Failure.Code.WORKER_LOST_LIMIT,
                                    "%d workers died while carrying out this run; it is set apart"
                                            .formatted(losses)));
            case Outcome.WorkerLost() -> new Resume();
        };
    }
}
