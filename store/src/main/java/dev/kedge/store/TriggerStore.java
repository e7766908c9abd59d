package dev.kedge.store;

import dev.kedge.model.CatchUp;
import dev.kedge.model.CronTrigger;
import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.EventTrigger;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Schedule;
import dev.kedge.model.SlotDecision;
import dev.kedge.model.SlotDecision.Verdict;
import dev.kedge.model.Topic;
import dev.kedge.model.Trigger;
import dev.kedge.model.TriggerId;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Standing reasons to start runs, and what was decided about the slots of schedules. */
public final class TriggerStore {

    /** A trigger that was found at a time, by the database's clock. */
    public record Found(Trigger trigger, Instant now) {}

    /**
     * A schedule that is due, locked.
     *
     * @param lastRun the run that it started last; null if there was none
     */
    public record Due(
            Namespace namespace, CronTrigger trigger, @Nullable RunId lastRun, Instant now) {}

    private static final Sql ADD_EVENT = Sql.load("trigger_add");
    private static final Sql ADD_SCHEDULE = Sql.load("schedule_add");
    private static final Sql LIST = Sql.load("trigger_list");
    private static final Sql FIND = Sql.load("trigger_find");
    private static final Sql DECLARED = Sql.load("trigger_declared");
    private static final Sql ENABLE = Sql.load("trigger_enable");
    private static final Sql REMOVE = Sql.load("trigger_remove");
    private static final Sql NOW = Sql.load("time_now");
    private static final Sql NEXT = Sql.load("schedule_next");
    private static final Sql DUE = Sql.load("schedule_due");
    private static final Sql READ = Sql.load("schedule_read");
    private static final Sql ADVANCE = Sql.load("schedule_advance");
    private static final Sql CHANGE = Sql.load("schedule_change");
    private static final Sql DECIDE = Sql.load("slot_decide");
    private static final Sql DECISIONS = Sql.load("slot_list");
    private static final Sql FORGET = Sql.load("slot_forget");

    /** The database's clock. */
    public Instant now(Tx tx) {
        return tx.one(NOW.plain(), row -> row.time("now"));
    }

    public EventTrigger add(
            Tx tx,
            Namespace namespace,
            TriggerId id,
            JobName job,
            Topic topic,
            @Nullable Payload match) {
        return tx.one(
                ADD_EVENT
                        .with("trigger", id.value())
                        .with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("topic", topic.value())
                        .with("match", match == null ? null : match.bytes()),
                TriggerStore::eventTrigger);
    }

    /** Adds a schedule that is due first at {@code nextAt}. */
    public CronTrigger add(
            Tx tx,
            Namespace namespace,
            TriggerId id,
            JobName job,
            Timetable timetable,
            boolean isDeclared,
            Instant nextAt) {
        return tx.one(
                ADD_SCHEDULE
                        .with("trigger", id.value())
                        .with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("schedule", timetable.schedule().text())
                        .with("zone", timetable.schedule().zone().getId())
                        .with("overlap", word(timetable.overlap()))
                        .with("catch_up", timetable.catchUp().most())
                        .with("payload", timetable.payload().bytes())
                        .with("declared", isDeclared)
                        .with("next_at", nextAt),
                TriggerStore::cronTrigger);
    }

    /** The triggers of a job, oldest first. */
    public List<Trigger> list(Tx tx, Namespace namespace, JobName job, int limit) {
        return tx.query(
                LIST.with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("limit", limit),
                TriggerStore::trigger);
    }

    /** Locks a trigger until {@code tx} ends; null where the job has none such. */
    public @Nullable Found find(Tx tx, Namespace namespace, JobName job, TriggerId id) {
        return tx.first(
                FIND.with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("trigger", id.value()),
                row -> new Found(trigger(row), row.time("now")));
    }

    /** The schedules that came with a job's definition, locked until {@code tx} ends. */
    public List<CronTrigger> declared(Tx tx, Namespace namespace, JobName job) {
        return tx.query(
                DECLARED.with("namespace", namespace.value()).with("job", job.value()),
                TriggerStore::cronTrigger);
    }

    /**
     * @param nextAt when a schedule is due next; null for anything else
     */
    public Trigger enable(
            Tx tx,
            Namespace namespace,
            JobName job,
            TriggerId id,
            boolean enabled,
            @Nullable Instant nextAt) {
        return tx.one(
                ENABLE.with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("trigger", id.value())
                        .with("enabled", enabled)
                        .with("next_at", nextAt),
                TriggerStore::trigger);
    }

    public boolean remove(Tx tx, Namespace namespace, JobName job, TriggerId id) {
        return tx.update(
                        REMOVE.with("namespace", namespace.value())
                                .with("job", job.value())
                                .with("trigger", id.value()))
                > 0;
    }

    /** Changes how a schedule starts its runs, not when. */
    public void change(Tx tx, TriggerId id, Timetable timetable) {
        tx.update(
                CHANGE.with("trigger", id.value())
                        .with("overlap", word(timetable.overlap()))
                        .with("catch_up", timetable.catchUp().most())
                        .with("payload", timetable.payload().bytes()));
    }

    /** How long until the next schedule is due; null where none is. */
    public @Nullable Duration untilNextDue(Tx tx) {
        return tx.first(NEXT.plain(), row -> Duration.ofMillis(row.large("wait_ms")));
    }

    /** Locks a schedule that is due and not one of {@code passed}; null where there is none. */
    public @Nullable TriggerId due(Tx tx, Collection<TriggerId> passed) {
        return tx.first(
                DUE.with("passed", passed.stream().map(TriggerId::value).toArray(UUID[]::new)),
                row -> new TriggerId(row.uuid("trigger_id")));
    }

    /** Reads a schedule that the caller has locked. */
    public Due read(Tx tx, TriggerId locked) {
        return tx.one(
                READ.with("trigger", locked.value()),
                row -> {
                    var last = row.uuidOrNull("last_run");
                    return new Due(
                            new Namespace(row.text("namespace")),
                            cronTrigger(row),
                            last == null ? null : new RunId(last),
                            row.time("now"));
                });
    }

    /**
     * Keeps what was decided about a schedule's slots, and moves it on; the caller has locked it.
     *
     * @param nextAt when it is due next; null for never
     */
    public void decide(Tx tx, Due due, List<SlotDecision> decisions, @Nullable Instant nextAt) {
        var rows = new Columns<>(decisions);
        tx.update(
                DECIDE.with("trigger", due.trigger().id().value())
                        .with("namespace", due.namespace().value())
                        .with("slots", rows.larges(slot -> slot.slot().getEpochSecond()))
                        .with("verdicts", rows.texts(slot -> word(slot.verdict())))
                        .with(
                                "run_ids",
                                rows.uuids(slot -> slot.run() == null ? null : slot.run().value()))
                        .with("reasons", rows.texts(SlotDecision::reason))
                        .with("lates_ms", rows.larges(slot -> slot.late().toMillis())));
        var started = decisions.stream().filter(slot -> slot.verdict() == Verdict.STARTED).toList();
        tx.update(
                ADVANCE.with("trigger", due.trigger().id().value())
                        .with("next_at", nextAt)
                        .with("last_run", started.isEmpty() ? null : id(started.getLast().run())));
    }

    private static @Nullable UUID id(@Nullable RunId run) {
        return run == null ? null : run.value();
    }

    /** What was decided about a schedule's slots, newest first. */
    public List<SlotDecision> decisions(
            Tx tx,
            Namespace namespace,
            JobName job,
            TriggerId id,
            @Nullable Instant before,
            int limit) {
        return tx.query(
                DECISIONS
                        .with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("trigger", id.value())
                        .with("before", before)
                        .with("limit", limit),
                TriggerStore::decision);
    }

    /** Forgets decisions about slots older than {@code days}; returns how many. */
    public int forget(Tx tx, int days, int limit) {
        return tx.update(FORGET.with("days", days).with("limit", limit));
    }

    private static Trigger trigger(Row row) throws SQLException {
        return row.text("kind").equals("cron") ? cronTrigger(row) : eventTrigger(row);
    }

    private static EventTrigger eventTrigger(Row row) throws SQLException {
        var match = row.textOrNull("match");
        return new EventTrigger(
                new TriggerId(row.uuid("trigger_id")),
                new JobName(row.text("job")),
                new Topic(row.text("topic")),
                match == null ? null : Payload.ofJson(match),
                row.flag("enabled"),
                row.time("created_at"),
                row.timeOrNull("last_triggered_at"));
    }

    private static CronTrigger cronTrigger(Row row) throws SQLException {
        return new CronTrigger(
                new TriggerId(row.uuid("trigger_id")),
                new JobName(row.text("job")),
                new Timetable(
                        Schedule.parse(row.text("schedule"), Schedule.zone(row.text("zone"))),
                        Overlap.valueOf(row.text("overlap").toUpperCase(Locale.ROOT)),
                        new CatchUp(row.number("catch_up")),
                        row.payload("payload")),
                row.flag("declared"),
                row.flag("enabled"),
                row.time("created_at"),
                row.timeOrNull("last_triggered_at"),
                row.timeOrNull("next_at"));
    }

    private static SlotDecision decision(Row row) throws SQLException {
        var run = row.uuidOrNull("run_id");
        return new SlotDecision(
                row.time("slot"),
                Verdict.valueOf(row.text("verdict").toUpperCase(Locale.ROOT)),
                run == null ? null : new RunId(run),
                row.textOrNull("reason"),
                Duration.ofMillis(row.large("late_ms")));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
