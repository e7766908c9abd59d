package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Failure;
import dev.kedge.model.LogLevel;
import dev.kedge.model.LogLine;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What attempts say while they are under way. */
class ReportsTest {

    private static final Outcome DONE = new Outcome.Succeeded(Payload.ofJson("\"done\""));
    private static final int LINES_MAX = 10_000;

    private static final TestEngine DB = new TestEngine();
    private static final Engine ENGINE =
            DB.start(builder ->
                    builder.job("talks", ReportsTest::talks)
                            .job("floods", ReportsTest::floods)
                            .job("climbs", ReportsTest::climbs)
                            .job(
                                    TestEngine.job("twice", TestEngine.retriedAtOnce(2)),
                                    ReportsTest::twice)
                            .job("last-word", ReportsTest::lastWord)
                            .job("interrupted", ReportsTest::interrupted));

    private static Outcome talks(RunContext context) {
        for (var i = 1; i <= 500; i++) {
            context.log(LogLevel.INFO, "line " + i);
        }
        context.log(LogLevel.ERROR, "nul\0 and " + "x".repeat(LogLine.MESSAGE_CHARS_MAX));
        return DONE;
    }

    private static Outcome floods(RunContext context) {
        for (var i = 1; i <= LINES_MAX + 500; i++) {
            context.log(LogLevel.DEBUG, "drop " + i);
        }
        return DONE;
    }

    private static Outcome climbs(RunContext context) throws Exception {
        for (var step = 1; step <= 2_000; step++) {
            context.progress(Progress.of(step, 2_000, null));
            if (step % 200 == 0) {
                context.log(LogLevel.INFO, "at " + step);
                var _ = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            }
        }
        return DONE;
    }

    private static Outcome twice(RunContext context) {
        context.log(LogLevel.INFO, "attempt " + context.attempt());
        return context.attempt() == 1
                ? new Outcome.Failed(Failure.of(Failure.Code.HANDLER_FAILED, "once"))
                : DONE;
    }

    private static Outcome lastWord(RunContext context) {
        for (var percent = 0; percent <= 100; percent++) {
            context.progress(Progress.percent(percent, "at " + percent));
        }
        return DONE;
    }

    private static Outcome interrupted(RunContext context) {
        Thread.currentThread().interrupt();
        context.log(LogLevel.INFO, "said while interrupted");
        return DONE;
    }

    @AfterAll
    static void stop() {
        DB.close();
    }

    @Test
    void every_line_is_stored_in_order_before_the_run_has_ended() throws Exception {
        var run = ended("talks").id();

        var lines = ENGINE.runs().logs(run, LogLine.Position.START, 1_000);

        assertThat(lines).hasSize(501);
        assertThat(lines.subList(0, 500))
                .extracting(LogLine::message)
                .isEqualTo(IntStream.rangeClosed(1, 500).mapToObj(i -> "line " + i).toList());
        assertThat(lines.getLast().level()).isEqualTo(LogLevel.ERROR);
        assertThat(lines.getLast().message())
                .hasSize(LogLine.MESSAGE_CHARS_MAX)
                .startsWith("nul and ")
                .endsWith("...");
    }

    @Test
    void a_reader_goes_on_where_it_stopped() throws Exception {
        var run = ended("talks").id();

        var read = new ArrayList<LogLine>();
        var after = LogLine.Position.START;
        while (true) {
            var page = ENGINE.runs().logs(run, after, 77);
            if (page.isEmpty()) {
                break;
            }
            read.addAll(page);
            after = page.getLast().position();
        }

        assertThat(read).isEqualTo(ENGINE.runs().logs(run, LogLine.Position.START, 1_000));
    }

    @Test
    void lines_beyond_the_limit_are_dropped_and_the_log_says_so() throws Exception {
        var run = ended("floods").id();

        assertThat(
                        DB.number(
                                "select count(*) from kedge.run_log where run_id = '%s'"
                                        .formatted(run)))
                .isEqualTo(LINES_MAX + 1);
        var last = ENGINE.runs().logs(run, new LogLine.Position(1, LINES_MAX), 10).getFirst();
        assertThat(last.level()).isEqualTo(LogLevel.WARN);
        assertThat(last.message()).contains("10000");
    }

    @Test
    void lines_of_a_later_attempt_come_after_those_of_an_earlier_one() throws Exception {
        var run = ended("twice").id();

        assertThat(ENGINE.runs().logs(run, LogLine.Position.START, 10))
                .extracting(LogLine::message)
                .containsExactly("attempt 1", "attempt 2");
    }

    @Test
    void progress_only_grows_in_the_eyes_of_a_reader_and_is_whole_at_the_end() throws Exception {
        var run = ENGINE.runs().enqueue(ENGINE.newRun("climbs", null)).run();

        var seen = new ArrayList<Long>();
        Run now;
        do {
            now = ENGINE.runs().get(run);
            seen.add(Optional.ofNullable(now.progress()).map(Progress::processed).orElse(0L));
        } while (!now.state().isFinal());

        assertThat(seen).isSorted();
        assertThat(seen.stream().distinct().count()).isGreaterThan(2);
        assertThat(now.progress()).isEqualTo(Progress.of(2_000, 2_000, null));
    }

    @Test
    void the_last_progress_is_stored_before_the_end_every_time() throws Exception {
        var runs = new ArrayList<RunId>();
        for (var i = 0; i < 200; i++) {
            runs.add(ENGINE.runs().enqueue(ENGINE.newRun("last-word", null)).run());
        }
        for (var run : runs) {
            assertThat(ENGINE.runs().await(run, TestEngine.SOON).progress())
                    .isEqualTo(Progress.percent(100, "at 100"));
        }
    }

    @Test
    void a_handler_that_was_interrupted_may_still_say_so() throws Exception {
        var run = ended("interrupted");

        assertThat(run.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ENGINE.runs().logs(run.id(), LogLine.Position.START, 10)).hasSize(1);
    }

    private static Run ended(String job) throws InterruptedException {
        var run = ENGINE.runs().enqueue(ENGINE.newRun(job, null)).run();
        return ENGINE.runs().await(run, TestEngine.SOON);
    }
}
