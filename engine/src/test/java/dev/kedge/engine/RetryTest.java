package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Attempt;
import dev.kedge.model.Failure;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.LimitKeys;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RetryTest {

    record Amount(int value) {}

    private static final Failure BROKE = Failure.of(Failure.Code.HANDLER_FAILED, "it broke");
    private static final TestEngine DB = new TestEngine();
    private static final AtomicInteger SNOOZES = new AtomicInteger();

    private static final Engine ENGINE =
            DB.start(builder ->
                    builder.job(
                                    TestEngine.job(
                                            "by-table",
                                            TestEngine.retried(
                                                    4,
                                                    Duration.ZERO,
                                                    Duration.ofMillis(700),
                                                    Duration.ofMillis(1_300))),
                                    RetryTest::breaks)
                            .job(
                                    TestEngine.job("breaks", TestEngine.retriedAtOnce(3)),
                                    RetryTest::breaks)
                            .job(
                                    TestEngine.job("mends", TestEngine.retriedAtOnce(3)),
                                    context ->
                                            context.attempt() < 3
                                                    ? new Outcome.Failed(BROKE)
                                                    : succeeded())
                            .job("for-good", _ -> new Outcome.FailedForGood(BROKE))
                            .job(
                                    TestEngine.job("snoozes", TestEngine.retriedAtOnce(1)),
                                    _ ->
                                            SNOOZES.incrementAndGet() < 4
                                                    ? new Outcome.Snoozed(Duration.ofMillis(50))
                                                    : succeeded())
                            .job(
                                    TestEngine.job("errs", TestEngine.retriedAtOnce(2)),
                                    _ -> {
                                        throw new StackOverflowError("too deep");
                                    })
                            .job(
                                    TestEngine.job("throws", TestEngine.retriedAtOnce(1)),
                                    _ -> {
                                        throw new Unspeakable();
                                    })
                            .job(
                                    TestEngine.job("says-nothing", TestEngine.retriedAtOnce(2)),
                                    RetryTest::nothing)
                            .job(
                                    TestEngine.job("floods", TestEngine.retriedAtOnce(2)),
                                    _ ->
                                            new Outcome.Succeeded(
                                                    Payload.ofJson(
                                                            "\"" + "x".repeat(2 << 20) + "\"")))
                            .job("typed", Amount.class, (amount, _) -> amount.value() + 1)
                            .job(
                                    TestEngine.job("circular", TestEngine.retriedAtOnce(1)),
                                    Amount.class,
                                    (_, _) -> new Circular()));

    /** Not even its message can be had. */
    static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("unspeakable");
        }
    }

    static final class Circular {
        public Circular getNext() {
            return this;
        }
    }

    private static Outcome breaks(RunContext context) {
        return new Outcome.Failed(BROKE);
    }

    @SuppressWarnings("NullAway") // What user code may do all the same.
    private static Outcome nothing(RunContext context) {
        return null;
    }

    private static Outcome succeeded() {
        return new Outcome.Succeeded(Payload.ofJson("\"done\""));
    }

    @AfterAll
    static void stop() {
        DB.close();
    }

    @Test
    void retries_come_after_the_delays_of_the_table_and_not_before() throws Exception {
        var run = ended("by-table");

        var attempts = ENGINE.runs().attempts(run.id());
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.spent().failures()).isEqualTo(4);
        assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
        assertThat(pause(attempts.get(0), attempts.get(1))).isLessThan(TestEngine.SOON);
        assertThat(pause(attempts.get(1), attempts.get(2)))
                .isBetween(Duration.ofMillis(700), TestEngine.SOON);
        assertThat(run.endedAt())
                .isAfterOrEqualTo(attempts.get(2).endedAt().plus(Duration.ofMillis(1_300)));
    }

    private static Duration pause(Attempt one, Attempt next) {
        return Duration.between(one.endedAt(), next.startedAt());
    }

    @Test
    void a_run_fails_for_good_after_its_last_attempt_and_says_why() throws Exception {
        var run = ended("breaks");

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.attempt()).isEqualTo(3);
        assertThat(run.failure()).isEqualTo(BROKE);
    }

    @Test
    void a_run_that_mends_itself_completes_and_forgets_no_attempt() throws Exception {
        var run = ended("mends");

        assertThat(run.state()).isEqualTo(RunState.COMPLETED);
        assertThat(run.attempt()).isEqualTo(3);
        assertThat(run.failure()).isNull();
        assertThat(ENGINE.runs().attempts(run.id())).hasSize(2);
    }

    @Test
    void a_run_may_have_attempts_of_its_own_number() throws Exception {
        var plain = ENGINE.newRun("breaks", null);
        var often =
                new NewRun(
                        plain.job(),
                        plain.payload(),
                        plain.start(),
                        null,
                        null,
                        null,
                        plain.onConflict(),
                        null,
                        5,
                        null,
                        List.of(),
                        null,
                        null,
                        LimitKeys.NONE);

        assertThat(ended(often).attempt()).isEqualTo(5);
    }

    @Test
    void a_failure_for_good_is_not_retried() throws Exception {
        var run = ended("for-good");

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.attempt()).isEqualTo(1);
    }

    @Test
    void a_snooze_costs_no_attempt() throws Exception {
        var run = ended("snoozes");

        assertThat(run.state()).isEqualTo(RunState.COMPLETED);
        assertThat(run.attempt()).isEqualTo(1);
        assertThat(run.spent().failures()).isZero();
        assertThat(SNOOZES).hasValue(4);
    }

    @Test
    void an_error_is_a_failed_attempt_with_its_stack() throws Exception {
        var run = ended("errs");

        assertThat(run.attempt()).isEqualTo(2);
        assertThat(TestEngine.failureOf(run).type()).isEqualTo("java.lang.StackOverflowError");
        assertThat(TestEngine.failureOf(run).message()).isEqualTo("too deep");
        assertThat(TestEngine.failureOf(run).stack()).contains("RetryTest");
    }

    @Test
    void what_cannot_even_be_described_is_a_failed_attempt() throws Exception {
        assertThat(ended("throws").state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void a_handler_that_returns_nothing_has_failed() throws Exception {
        var run = ended("says-nothing");

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.attempt()).isEqualTo(2);
        assertThat(TestEngine.failureOf(run).message())
                .isEqualTo("the handler returned no outcome");
    }

    @Test
    void a_result_that_is_too_large_is_a_failure_that_says_so() throws Exception {
        var run = ended("floods");

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(TestEngine.failureOf(run).code()).isEqualTo(Failure.Code.BAD_RESULT);
        assertThat(TestEngine.failureOf(run).message()).contains("the limit is 1048576");
    }

    @Test
    void a_payload_that_does_not_fit_its_type_fails_for_good() throws Exception {
        var run =
                ended(
                        NewRun.of(
                                TestEngine.job("typed", JobPolicy.DEFAULT).name(),
                                Payload.ofJson("{\"value\": \"not a number\"}")));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.attempt()).isEqualTo(1);
        assertThat(TestEngine.failureOf(run).message()).contains("the payload is no Amount");
    }

    @Test
    void a_result_that_cannot_be_written_as_json_is_a_failure() throws Exception {
        var run = ended(ENGINE.newRun("circular", new Amount(1)));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
    }

    private static Run ended(String job) throws InterruptedException {
        return ended(ENGINE.newRun(job, null));
    }

    private static Run ended(NewRun run) throws InterruptedException {
        return ENGINE.runs().await(ENGINE.runs().enqueue(run).run(), TestEngine.SOON);
    }
}
