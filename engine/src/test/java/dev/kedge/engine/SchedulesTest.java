package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kedge.model.CatchUp;
import dev.kedge.model.CronTrigger;
import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Schedule;
import dev.kedge.model.SlotDecision;
import dev.kedge.model.SlotDecision.Verdict;
import dev.kedge.model.TriggerId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that start by the clock. */
@Timeout(60)
class SchedulesTest {

    private static final List<String> PLAIN =
            List.of(
                    "each",
                    "none",
                    "last",
                    "all",
                    "declared",
                    "held",
                    "gone",
                    "allowed",
                    "few",
                    "broken",
                    "whole",
                    "many");
    private static final List<String> STUCK = List.of("skips", "queues", "cancels");
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static final TestEngine DB = new TestEngine();
    private static final Engine FIRST = engine();
    private static final Engine SECOND = engine();

    private static Engine engine() {
        return DB.start(builder -> {
            PLAIN.forEach(job -> builder.job(job, run -> new Outcome.Succeeded(run.payload())));
            STUCK.forEach(job -> builder.job(job, SchedulesTest::wait));
            return builder;
        });
    }

    private static Outcome wait(RunContext run) throws InterruptedException {
        NEVER.await();
        return new Outcome.Succeeded(run.payload());
    }

    @AfterAll
    static void stop() {
        DB.close();
    }

    private static Timetable every(String interval) {
        return Timetable.of(Schedule.parse("every " + interval, ZoneOffset.UTC));
    }

    private static TriggerId scheduled(String job, Timetable timetable) {
        return FIRST.triggers().onSchedule(new JobName(job), timetable).id();
    }

    private static List<SlotDecision> decisions(String job, TriggerId id) {
        return FIRST.triggers().decisions(new JobName(job), id, null, 1_000).reversed();
    }

    private static List<SlotDecision> decisions(String job, TriggerId id, int atLeast) {
        return await().atMost(TestEngine.SOON)
                .until(() -> decisions(job, id), found -> found.size() >= atLeast);
    }

    /** As if nobody had been there since. */
    private static void overdue(TriggerId id, Duration since) throws Exception {
        DB.execute(
                "update kedge.trigger set next_at = date_trunc('minute', clock_timestamp()) - %d * interval '1 second' where trigger_id = '%s'"
                        .formatted(since.toSeconds(), id));
    }

    @Test
    void kedge_P7_each_slot_starts_one_run_however_many_engines_there_are() {
        var id = scheduled("each", every("1s").with(Overlap.ALLOW).with(Payload.ofJson("[7]")));
        var found = decisions("each", id, 4);
        FIRST.triggers().remove(new JobName("each"), id);

        assertThat(found).extracting(SlotDecision::verdict).containsOnly(Verdict.STARTED);
        for (var i = 1; i < found.size(); i++) {
            assertThat(found.get(i).slot()).isEqualTo(found.get(i - 1).slot().plusSeconds(1));
        }
        for (var decision : found) {
            var run = ended(decision);
            assertThat(run.payload()).isEqualTo(Payload.ofJson("[7]"));
            assertThat(run.metadata())
                    .isEqualTo(
                            Payload.ofJson("{\"scheduledAt\":\"%s\"}".formatted(decision.slot())));
        }
        assertThat(FIRST.runs().list(RunFilter.ALL.withLimit(100)).items())
                .filteredOn(run -> run.job().value().equals("each"))
                .hasSizeLessThanOrEqualTo(found.size() + 2);
    }

    private static Run ended(SlotDecision decision) {
        try {
            return SECOND.runs().await(Objects.requireNonNull(decision.run()), TestEngine.SOON);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    @Test
    void a_slot_is_skipped_while_the_run_before_it_is_active() {
        var id = scheduled("skips", every("1s"));
        var found = decisions("skips", id, 3);

        assertThat(found.getFirst().verdict()).isEqualTo(Verdict.STARTED);
        var run = found.getFirst().run();
        assertThat(found.subList(1, 3))
                .allSatisfy(decision -> {
                    assertThat(decision.verdict()).isEqualTo(Verdict.SKIPPED);
                    assertThat(decision.run()).isEqualTo(run);
                    assertThat(decision.words())
                            .startsWith("skipped: run %s still active".formatted(run));
                });
        FIRST.triggers().remove(new JobName("skips"), id);
    }

    @Test
    void a_slot_may_wait_for_the_run_before_it() throws Exception {
        var id = scheduled("queues", every("1s").with(Overlap.QUEUE));
        var found = decisions("queues", id, 2);
        FIRST.triggers().enable(new JobName("queues"), id, false);
        var second = Objects.requireNonNull(found.get(1).run());

        FIRST.runs()
                .await(
                        Objects.requireNonNull(found.getFirst().run()),
                        SchedulesTest::isRunning,
                        TestEngine.SOON);
        assertThat(FIRST.runs().get(second).state()).isEqualTo(RunState.PENDING);
        FIRST.runs().terminate(Objects.requireNonNull(found.getFirst().run()), "test");
        assertThat(FIRST.runs().await(second, SchedulesTest::isRunning, TestEngine.SOON).state())
                .isEqualTo(RunState.RUNNING);
    }

    private static boolean isRunning(Run run) {
        return run.state() == RunState.RUNNING;
    }

    @Test
    void a_slot_may_ask_the_run_before_it_to_stop() throws Exception {
        var id = scheduled("cancels", every("1s").with(Overlap.CANCEL_RUNNING));
        var found = decisions("cancels", id, 2);
        FIRST.triggers().enable(new JobName("cancels"), id, false);
        var first = Objects.requireNonNull(found.getFirst().run());

        assertThat(FIRST.runs().get(first).cancelRequestedBy())
                .isEqualTo("the next run of its schedule is due");
        assertThat(FIRST.runs().get(Objects.requireNonNull(found.get(1).run())).state())
                .isIn(RunState.PENDING, RunState.RUNNING);
    }

    @ParameterizedTest
    @CsvSource({"none,0", "last,1", "few,2", "all,1000"})
    void what_nobody_was_there_for_is_made_up_for_as_the_schedule_says(String job, int most)
            throws Exception {
        var id = scheduled(job, every("1m").with(Overlap.ALLOW).with(new CatchUp(most)));
        overdue(id, Duration.ofMinutes(5));

        var found = decisions(job, id, 5);
        var late =
                found.stream()
                        .filter(decision -> decision.late().compareTo(CatchUp.IN_TIME) > 0)
                        .count();

        assertThat(late).isGreaterThanOrEqualTo(4);
        for (var i = 0; i < found.size(); i++) {
            assertThat(found.get(i).verdict())
                    .isEqualTo(i < late - most ? Verdict.MISSED : Verdict.STARTED);
        }
        assertThat(found.getFirst().words()).contains("late by ");
    }

    @Test
    void a_schedule_that_is_disabled_starts_nothing_and_makes_up_for_nothing() throws Exception {
        var job = new JobName("held");
        var id = scheduled("held", every("1h").with(CatchUp.ALL));
        var held = (CronTrigger) FIRST.triggers().enable(job, id, false);
        assertThat(held.nextAt()).isNull();
        var again = (CronTrigger) SECOND.triggers().enable(job, id, true);

        assertThat(again.nextAt()).isAfter(Instant.now());
        assertThat(decisions("held", id)).isEmpty();
    }

    @Test
    void a_definition_brings_its_schedules_in_step_and_leaves_others_alone() {
        var job = new JobName("declared");
        var own = FIRST.triggers().onSchedule(job, every("1d")).id();
        FIRST.triggers().declare(job, List.of(every("2h"), every("3h")));
        var before = FIRST.triggers().list(job);
        FIRST.triggers().declare(job, List.of(every("3h").with(Overlap.ALLOW), every("4h")));

        var after = FIRST.triggers().list(job);
        assertThat(after).hasSize(3);
        assertThat(after.getFirst().id()).isEqualTo(own);
        assertThat(after)
                .filteredOn(trigger -> trigger.id().equals(before.get(2).id()))
                .singleElement()
                .satisfies(kept -> {
                    var timetable = ((CronTrigger) kept).timetable();
                    assertThat(timetable.schedule().text()).isEqualTo("every 3h");
                    assertThat(timetable.overlap()).isEqualTo(Overlap.ALLOW);
                });
        assertThatThrownBy(() -> FIRST.triggers().declare(job, List.of(every("1h"), every("1h"))))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("there twice");
    }

    @Test
    void a_job_that_takes_no_runs_refuses_and_says_so() throws Exception {
        var job = new JobName("gone");
        var id = scheduled("gone", every("1h"));
        DB.execute("update kedge.job set enabled = false where name = 'gone'");
        await().atMost(TestEngine.SOON)
                .untilAsserted(() ->
                        assertThatThrownBy(() -> FIRST.runs().enqueue(NewRun.of(job, Payload.NULL)))
                                .isInstanceOf(KedgeException.Conflict.class));
        await().atMost(TestEngine.SOON)
                .untilAsserted(() ->
                        assertThatThrownBy(
                                        () -> SECOND.runs().enqueue(NewRun.of(job, Payload.NULL)))
                                .isInstanceOf(KedgeException.Conflict.class));
        overdue(id, Duration.ZERO);

        assertThat(decisions("gone", id, 1).getFirst())
                .satisfies(decision -> {
                    assertThat(decision.verdict()).isEqualTo(Verdict.REFUSED);
                    assertThat(decision.reason()).contains("gone");
                });
    }

    @Test
    void a_run_that_a_person_started_is_in_nobodys_way() throws Exception {
        FIRST.runs()
                .enqueue(NewRun.of(new JobName("allowed"), Payload.NULL).after(Duration.ofDays(1)));
        var id = scheduled("allowed", every("1s"));

        assertThat(decisions("allowed", id, 1).getFirst().verdict()).isEqualTo(Verdict.STARTED);
        FIRST.triggers().remove(new JobName("allowed"), id);
    }

    @Test
    void a_schedule_that_cannot_be_read_holds_up_no_other() throws Exception {
        var broken = scheduled("broken", every("1h"));
        DB.execute(
                "update kedge.trigger set zone = 'Mars/Base', next_at = '2020-01-01' where trigger_id = '%s'"
                        .formatted(broken));
        var id = scheduled("whole", every("1s"));

        assertThat(decisions("whole", id, 1).getFirst().verdict()).isEqualTo(Verdict.STARTED);
        DB.execute("delete from kedge.trigger where trigger_id = '%s'".formatted(broken));
        FIRST.triggers().remove(new JobName("whole"), id);
    }

    @Test
    void a_job_has_no_more_schedules_than_are_looked_at() {
        var job = new JobName("many");
        FIRST.triggers().onSchedule(job, every("1d"));
        var many =
                IntStream.rangeClosed(1, Triggers.TRIGGERS_MAX)
                        .mapToObj(i -> every(i + "h"))
                        .toList();

        assertThatThrownBy(() -> FIRST.triggers().declare(job, many))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("at most 100");
        assertThat(FIRST.triggers().list(job)).hasSize(1);
        FIRST.triggers().declare(job, many.subList(1, 100));
        assertThat(FIRST.triggers().list(job)).hasSize(100);
        assertThatThrownBy(() -> FIRST.triggers().onSchedule(job, every("1d")))
                .isInstanceOf(KedgeException.Invalid.class);
    }

    @Test
    void a_payload_that_is_too_large_to_be_stored_with_each_run_is_refused() {
        var large = Payload.ofJson("\"" + "x".repeat(Timetable.PAYLOAD_BYTES_MAX) + "\"");

        assertThatThrownBy(() -> every("1s").with(large))
                .isInstanceOf(KedgeException.TooLarge.class);
    }

    @Test
    void an_unknown_trigger_has_no_decisions() {
        assertThatThrownBy(() ->
                        FIRST.triggers()
                                .decisions(
                                        new JobName("held"),
                                        new TriggerId(
                                                RunId.parse("0198a1b2-c3d4-7e5f-8a9b-0123456789ab")
                                                        .value()),
                                        null,
                                        10))
                .isInstanceOf(KedgeException.NotFound.class);
    }
}
