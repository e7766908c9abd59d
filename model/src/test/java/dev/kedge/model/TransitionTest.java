package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransitionTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Failure BROKE = Failure.of(Failure.Code.HANDLER_FAILED, "it broke");
    private static final Payload RESULT = Payload.ofJson("42");

    private static final RetryPolicy THREE_TRIES =
            new RetryPolicy(3, new Backoff.Table(List.of(Duration.ZERO, MINUTE)), 0);
    private static final RecoveryPolicy PATIENT =
            new RecoveryPolicy(THREE_TRIES, OnWorkerLost.RETRY, 3);
    private static final RecoveryPolicy STRICT =
            new RecoveryPolicy(THREE_TRIES, OnWorkerLost.FAIL, 3);

    static Stream<Arguments> table() {
        return Stream.of(
                row(new Outcome.Succeeded(RESULT), 2, 2, new Transition.Complete(RESULT)),
                row(new Outcome.Failed(BROKE), 0, 0, new Transition.Retry(Duration.ZERO, BROKE)),
                row(new Outcome.Failed(BROKE), 1, 0, new Transition.Retry(MINUTE, BROKE)),
                row(new Outcome.Failed(BROKE), 2, 0, new Transition.Fail(BROKE)),
                row(new Outcome.Failed(BROKE), 9, 0, new Transition.Fail(BROKE)),
                row(new Outcome.FailedForGood(BROKE), 0, 0, new Transition.Fail(BROKE)),
                row(new Outcome.Snoozed(MINUTE), 9, 9, new Transition.Snooze(MINUTE)),
                row(new Outcome.Cancelled("enough"), 0, 0, new Transition.Cancel("enough")),
                row(new Outcome.HandedBack(), 9, 9, new Transition.HandBack()),
                row(new Outcome.WorkerLost(), 9, 0, new Transition.Resume()),
                row(new Outcome.WorkerLost(), 0, 1, new Transition.Resume()));
    }

    private static Arguments row(Outcome said, int failures, int losses, Transition follows) {
        return Arguments.of(said, new Spent(failures, losses), follows);
    }

    @ParameterizedTest
    @MethodSource("table")
    void one_change_follows_from_an_outcome(Outcome said, Spent spent, Transition follows) {
        assertThat(Transition.after(said, spent, PATIENT, RandomGenerator.getDefault()))
                .isEqualTo(follows);
    }

    @Test
    void the_last_loss_that_is_allowed_sets_the_run_apart() {
        assertThat(codeAfterLoss(2, PATIENT)).isEqualTo(Failure.Code.WORKER_LOST_LIMIT);
    }

    @Test
    void a_job_that_must_not_start_twice_fails_at_the_first_loss() {
        assertThat(codeAfterLoss(0, STRICT)).isEqualTo(Failure.Code.WORKER_LOST);
    }

    @Test
    void losses_and_failures_do_not_add_up() {
        Seeds.each(
                200,
                random -> {
                    var spent = new Spent(random.nextInt(0, 3), random.nextInt(0, 3));

                    var failed =
                            Transition.after(new Outcome.Failed(BROKE), spent, PATIENT, random);
                    var lost = Transition.after(new Outcome.WorkerLost(), spent, PATIENT, random);

                    assertThat(failed instanceof Transition.Ends).isEqualTo(spent.failures() == 2);
                    assertThat(lost instanceof Transition.Ends).isEqualTo(spent.losses() == 2);
                });
    }

    private static Failure.Code codeAfterLoss(int losses, RecoveryPolicy policy) {
        var transition =
                Transition.after(
                        new Outcome.WorkerLost(),
                        new Spent(0, losses),
                        policy,
                        RandomGenerator.getDefault());
        return ((Transition.Fail) transition).failure().code();
    }
}
