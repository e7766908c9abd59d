package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Failure;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Time-outs, cancels and terminations: how an attempt is ended from outside. */
class LimitsTest {

    private static final Outcome DONE = new Outcome.Succeeded(Payload.ofJson("\"done\""));
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration SILENCE = Duration.ofMillis(1_500);
    private static final JobPolicy ONCE = TestEngine.retriedAtOnce(1);

    private static final TestEngine DB = new TestEngine();
    private static final BlockingQueue<RunId> STARTED = new LinkedBlockingQueue<>();
    private static final BlockingQueue<RunId> INTERRUPTED = new LinkedBlockingQueue<>();
    private static final CountDownLatch DEAF_MAY_END = new CountDownLatch(1);

    private static final Engine ENGINE =
            DB.start(builder ->
                    builder.job(
                                    TestEngine.job("times-out", ONCE.withTimeout(SHORT)),
                                    LimitsTest::waits)
                            .job(
                                    TestEngine.job(
                                            "falls-silent", ONCE.withProgressTimeout(SILENCE)),
                                    LimitsTest::speaksThenWaits)
                            .job(
                                    TestEngine.job("deaf", ONCE.withTimeout(SHORT)),
                                    LimitsTest::isDeaf)
                            .job(
                                    TestEngine.job("cancelled", ONCE.withCancelGrace(SHORT)),
                                    LimitsTest::waits)
                            .job(
                                    TestEngine.job("cooperative", ONCE.withCancelGrace(null)),
                                    LimitsTest::listens)
                            .job(TestEngine.job("snoozes", ONCE), LimitsTest::snoozes));

    private static Outcome waits(RunContext context) throws Exception {
        STARTED.add(context.runId());
        try {
            new CountDownLatch(1).await();
            return DONE;
        } catch (InterruptedException stop) {
            INTERRUPTED.add(context.runId());
            throw stop;
        }
    }

    private static Outcome speaksThenWaits(RunContext context) throws Exception {
        for (var percent = 0; percent < 5; percent++) {
            context.progress(Progress.percent(percent, null));
            var _ = new CountDownLatch(1).await(SILENCE.toMillis() / 4, TimeUnit.MILLISECONDS);
        }
        return waits(context);
    }

    private static Outcome isDeaf(RunContext context) {
        STARTED.add(context.runId());
        while (true) {
            try {
                DEAF_MAY_END.await();
                return DONE;
            } catch (InterruptedException ignored) {
                INTERRUPTED.add(context.runId());
            }
        }
    }

    private static Outcome listens(RunContext context) throws Exception {
        var told = new CountDownLatch(1);
        context.onCancel(() -> {
            throw new IllegalStateException("a listener that breaks");
        });
        context.onCancel(told::countDown);
        STARTED.add(context.runId());
        told.await();
        return new Outcome.Cancelled("as you wish: " + context.isCancelled());
    }

    private static Outcome snoozes(RunContext context) throws Exception {
        STARTED.add(context.runId());
        MAY_SNOOZE.await();
        return new Outcome.Snoozed(Duration.ofDays(1));
    }

    private static final CountDownLatch MAY_SNOOZE = new CountDownLatch(1);

    @AfterAll
    static void stop() {
        DEAF_MAY_END.countDown();
        DB.close();
    }

    @Test
    void an_attempt_that_takes_too_long_is_interrupted_and_has_failed() throws Exception {
        var run = enqueue("times-out");

        awaitHeard(INTERRUPTED, run);
        assertThat(TestEngine.failureOf(ended(run)).code()).isEqualTo(Failure.Code.TIMEOUT);
        assertThat(TestEngine.failureOf(ended(run)).message()).contains("300ms");
    }

    @Test
    void an_attempt_that_falls_silent_is_interrupted_and_has_failed() throws Exception {
        var run = enqueue("falls-silent");

        awaitHeard(INTERRUPTED, run);
        assertThat(TestEngine.failureOf(ended(run)).code())
                .isEqualTo(Failure.Code.PROGRESS_TIMEOUT);
        assertThat(ended(run).progress()).isEqualTo(Progress.percent(4, null));
    }

    @Test
    void a_handler_that_ignores_interrupts_keeps_its_slot_but_not_its_run() throws Exception {
        var busyBefore = ENGINE.meters().slotsBusy();
        var run = enqueue("deaf");

        awaitHeard(INTERRUPTED, run);
        assertThat(TestEngine.failureOf(ended(run)).code()).isEqualTo(Failure.Code.TIMEOUT);
        assertThat(ENGINE.meters().slotsBusy()).isGreaterThan(busyBefore);
    }

    @Test
    void a_run_that_waits_is_cancelled_at_once() throws Exception {
        var run =
                ENGINE.runs()
                        .enqueue(ENGINE.newRun("cancelled", null).after(Duration.ofDays(1)))
                        .run();

        var cancelled = ENGINE.runs().cancel(run, "Ada");

        assertThat(cancelled.state()).isEqualTo(RunState.CANCELLED);
        assertThat(cancelled.cancelReason()).isEqualTo("cancelled by Ada");
        assertThatThrownBy(() -> ENGINE.runs().cancel(run, "Bob"))
                .isInstanceOf(KedgeException.Conflict.class)
                .hasMessageContaining("cancelled");
    }

    @Test
    void a_running_handler_that_does_not_listen_is_stopped_after_its_grace() throws Exception {
        var run = enqueue("cancelled");
        awaitHeard(STARTED, run);

        assertThat(ENGINE.runs().cancel(run, "Ada").state()).isEqualTo(RunState.RUNNING);

        awaitHeard(INTERRUPTED, run);
        var ended = ended(run);
        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.cancelReason()).isEqualTo("cancelled by Ada");
        assertThat(Duration.between(ended.cancelRequestedAt(), ended.endedAt()))
                .isGreaterThanOrEqualTo(SHORT);
    }

    @Test
    void a_running_handler_that_listens_ends_by_itself() throws Exception {
        var run = enqueue("cooperative");
        awaitHeard(STARTED, run);

        ENGINE.runs().cancel(run, "Ada");

        assertThat(ended(run).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void a_run_that_is_terminated_has_ended_and_its_handler_is_stopped() throws Exception {
        var run = enqueue("cancelled");
        awaitHeard(STARTED, run);

        var ended = ENGINE.runs().terminate(run, "Ada");

        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.cancelReason()).isEqualTo("terminated by Ada");
        awaitHeard(INTERRUPTED, run);
        assertThat(ENGINE.runs().get(run)).isEqualTo(ended);
    }

    @Test
    void a_run_that_was_asked_to_stop_does_not_come_back_from_a_snooze() throws Exception {
        var run = enqueue("snoozes");
        awaitHeard(STARTED, run);
        // As another engine would ask, whose doorbell is not heard here.
        DB.execute(
                "update kedge.active_run set cancel_requested_at = now(), cancel_requested_by ="
                        + " 'Ada' where run_id = '%s'".formatted(run));
        MAY_SNOOZE.countDown();

        assertThat(ended(run).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void who_asks_for_a_stop_has_a_name_that_can_be_kept() {
        var run =
                ENGINE.runs()
                        .enqueue(ENGINE.newRun("cancelled", null).after(Duration.ofDays(1)))
                        .run();

        assertThatThrownBy(() -> ENGINE.runs().cancel(run, "nul\0"))
                .isInstanceOf(KedgeException.Invalid.class);
    }

    private static RunId enqueue(String job) {
        return ENGINE.runs().enqueue(ENGINE.newRun(job, null)).run();
    }

    private static Run ended(RunId run) throws InterruptedException {
        return ENGINE.runs().await(run, TestEngine.SOON);
    }

    private static void awaitHeard(BlockingQueue<RunId> heard, RunId run) throws Exception {
        for (var next = heard.poll(20, TimeUnit.SECONDS);
                ;
                next = heard.poll(20, TimeUnit.SECONDS)) {
            assertThat(next).as("run %s was heard of", run).isNotNull();
            if (next.equals(run)) {
                return;
            }
        }
    }
}
