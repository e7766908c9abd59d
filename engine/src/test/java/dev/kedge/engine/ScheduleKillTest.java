package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.JobName;
import dev.kedge.model.Outcome;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.Schedule;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Five processes decide about the same schedules, and one of them is killed at every turn. It says
 * how many slots there were; {@code -Dkedge.schedule.turns=100} makes it five minutes of that.
 */
class ScheduleKillTest {

    private static final int PROCESSES = 5;
    private static final int SCHEDULES = 20;
    private static final int TURNS = Integer.getInteger("kedge.schedule.turns", 3);
    private static final long SECONDS_A_TURN = 2;
    private static final JobName TICK = new JobName("tick");

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void kedge_P7_no_slot_is_missed_or_doubled_though_every_scheduler_is_killed() throws Exception {
        try (var db = new TestEngine()) {
            schedule(db);
            var processes = new ArrayDeque<RemoteWorker>();
            try {
                for (var i = 0; i < PROCESSES; i++) {
                    processes.add(RemoteWorker.start(db.url(), "other", EngineConfig.DEFAULT));
                }
                for (var turn = 1; turn <= TURNS; turn++) {
                    awaitSlots(db, turn * SECONDS_A_TURN * SCHEDULES);
                    processes.remove().kill();
                    processes.add(RemoteWorker.start(db.url(), "other", EngineConfig.DEFAULT));
                }
                awaitSlots(db, (TURNS + 1) * SECONDS_A_TURN * SCHEDULES);
            } finally {
                processes.forEach(RemoteWorker::close);
            }
            check(db);
        }
    }

    /** Every schedule is due each second, and starts a run whatever became of the one before. */
    private static void schedule(TestEngine db) {
        var engine =
                db.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withSlots(0))
                                .job(TICK.value(), _ -> new Outcome.Succeeded(Payload.NULL)));
        var each = Timetable.of(Schedule.parse("* * * * * *", ZoneOffset.UTC)).with(Overlap.ALLOW);
        for (var i = 0; i < SCHEDULES; i++) {
            engine.triggers().onSchedule(TICK, each);
        }
        engine.close();
    }

    private static void awaitSlots(TestEngine db, long atLeast) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> db.number("select count(*) from kedge.cron_slot") >= atLeast);
    }

    private static void check(TestEngine db) throws Exception {
        var slots = db.number("select count(*) from kedge.cron_slot where verdict = 'started'");
        var missed =
                db.number(
                        """
                        select sum(extract(epoch from newest - oldest)::bigint + 1 - slots)
                          from (select min(slot) as oldest, max(slot) as newest, count(*) as slots
                                  from kedge.cron_slot
                                 group by trigger_id) as each
                        """);
        var runs = db.number("select count(*) from kedge.run where job = 'tick'");
        var distinct =
                db.number(
                        "select count(distinct (trigger, metadata)) from kedge.run where job = 'tick'");
        System.getLogger(ScheduleKillTest.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        "{0} slots of {1} schedules, {2} kills: {3} missed, {4} doubled",
                        slots,
                        SCHEDULES,
                        TURNS,
                        missed,
                        runs - distinct);
        assertThat(missed).isZero();
        assertThat(runs).isEqualTo(distinct).isEqualTo(slots);
        assertThat(db.number("select count(*) from kedge.cron_slot")).isEqualTo(slots);
    }
}
