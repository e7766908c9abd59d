package dev.kedge.engine;

import static java.util.stream.Collectors.toMap;

import dev.kedge.model.CronTrigger;
import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.EventTrigger;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.Schedule;
import dev.kedge.model.SlotDecision;
import dev.kedge.model.Topic;
import dev.kedge.model.Trigger;
import dev.kedge.model.TriggerId;
import dev.kedge.model.Wait;
import dev.kedge.store.TriggerStore;
import dev.kedge.store.Tx;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The triggers of one namespace: standing reasons to start runs, by events or by the clock. For use
 * by any thread.
 */
public final class Triggers {

    /** How many triggers one job may have. */
    public static final int TRIGGERS_MAX = 100;

    /** How many decisions are read at once. */
    public static final int DECISIONS_MAX = 1_000;

    /** What makes a declared schedule the same one in the next definition of its job. */
    private record Times(String text, ZoneId zone) {
        static Times of(Timetable timetable) {
            return new Times(timetable.schedule().text(), timetable.schedule().zone());
        }
    }

    private final Namespace namespace;
    private final Parts parts;
    private final TriggerStore store;

    Triggers(Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
        this.store = parts.triggers();
    }

    /**
     * Starts a run of {@code job} for each event of {@code topic}: those to come, and those of the
     * last days that nobody took.
     *
     * @param match what an event's payload must contain; null for any payload
     * @throws KedgeException.Invalid it is more than PostgreSQL can match against, or the job has
     *     too many triggers
     * @throws KedgeException.NotFound there is no such job
     */
    public EventTrigger onEvent(JobName job, Topic topic, @Nullable Payload match) {
        if (match != null) {
            match.atMost(Wait.MATCH_BYTES_MAX, "match");
        }
        checkRoom(job);
        var id = new TriggerId(parts.uuids().get());
        return parts.seen()
                .transaction(tx -> {
                    var made = store.add(tx, namespace, id, job, topic, match);
                    if (match != null && made.match() == null) {
                        // Kept, it would stand for any payload.
                        throw new KedgeException.Invalid(
                                "match", "contains a number that PostgreSQL cannot hold");
                    }
                    writeDown(tx, "trigger.create", job, id);
                    return made;
                });
    }

    /**
     * Starts a run of {@code job} whenever the schedule is due from now on.
     *
     * @throws KedgeException.Invalid the job has too many triggers
     * @throws KedgeException.NotFound there is no such job
     */
    public CronTrigger onSchedule(JobName job, Timetable timetable) {
        checkRoom(job);
        var made =
                parts.seen()
                        .transaction(tx -> {
                            var added = add(tx, job, timetable, false);
                            writeDown(tx, "trigger.create", job, added.id());
                            return added;
                        });
        parts.scheduled().run();
        return made;
    }

    private CronTrigger add(Tx tx, JobName job, Timetable timetable, boolean isDeclared) {
        return store.add(
                tx,
                namespace,
                new TriggerId(parts.uuids().get()),
                job,
                timetable,
                isDeclared,
                next(timetable.schedule(), store.now(tx)));
    }

    private static Instant next(Schedule schedule, Instant now) {
        var next = schedule.after(now);
        if (next == null) {
            throw new KedgeException.Invalid("schedule", "never comes again");
        }
        return next.at();
    }

    private void checkRoom(JobName job) {
        parts.checkMayAdminister(namespace);
        parts.submissions().accepting(namespace, job);
        if (list(job).size() >= TRIGGERS_MAX) {
            throw tooMany();
        }
    }

    private static KedgeException tooMany() {
        return new KedgeException.Invalid(
                "triggers", "a job has at most %d of them".formatted(TRIGGERS_MAX));
    }

    /**
     * Brings the schedules that come with a job's definition in step with it: new ones begin, those
     * that are no longer there go, and one that stays, by its text and its zone, is left as it is:
     * enabled or disabled, and with what was decided about it. Schedules that were made otherwise
     * stay.
     */
    public void declare(JobName job, List<Timetable> timetables) {
        parts.checkMayAdminister(namespace);
        parts.seen()
                .inTransaction(tx -> {
                    var gone =
                            new HashMap<>(
                                    store.declared(tx, namespace, job).stream()
                                            .collect(
                                                    toMap(
                                                            there -> Times.of(there.timetable()),
                                                            Function.identity())));
                    for (var timetable : byTimes(timetables).values()) {
                        var there = gone.remove(Times.of(timetable));
                        if (there == null) {
                            var added = add(tx, job, timetable, true);
                            writeDown(tx, "trigger.create", job, added.id());
                        } else {
                            store.change(tx, there.id(), timetable);
                        }
                    }
                    for (var old : gone.values()) {
                        store.remove(tx, namespace, job, old.id());
                        writeDown(tx, "trigger.remove", job, old.id());
                    }
                    if (store.list(tx, namespace, job, TRIGGERS_MAX + 1).size() > TRIGGERS_MAX) {
                        throw tooMany();
                    }
                });
        parts.scheduled().run();
    }

    private static Map<Times, Timetable> byTimes(List<Timetable> timetables) {
        return timetables.stream()
                .collect(
                        toMap(
                                Times::of,
                                Function.identity(),
                                (one, other) -> {
                                    throw new KedgeException.Invalid(
                                            "schedule",
                                            "'%s' is there twice"
                                                    .formatted(other.schedule().text()));
                                }));
    }

    /** The triggers of a job, oldest first. */
    public List<Trigger> list(JobName job) {
        return parts.seen().autocommit(tx -> store.list(tx, namespace, job, TRIGGERS_MAX));
    }

    /**
     * Lets a trigger start runs, or not. What a schedule was due for while it was disabled is not
     * made up for.
     *
     * @throws KedgeException.NotFound the job has no such trigger
     */
    public Trigger enable(JobName job, TriggerId id, boolean enabled) {
        checkMayAdminister(job, id);
        var changed =
                parts.seen()
                        .transaction(tx -> {
                            var found = store.find(tx, namespace, job, id);
                            if (found == null) {
                                throw notFound(id);
                            }
                            var next = enabled ? next(found) : null;
                            var trigger = store.enable(tx, namespace, job, id, enabled, next);
                            writeDown(tx, enabled ? "trigger.enable" : "trigger.disable", job, id);
                            return trigger;
                        });
        parts.scheduled().run();
        return changed;
    }

    private static @Nullable Instant next(TriggerStore.Found found) {
        return switch (found.trigger()) {
            case CronTrigger cron ->
                    cron.enabled() ? cron.nextAt() : next(cron.timetable().schedule(), found.now());
            case EventTrigger _ -> null;
        };
    }

    /**
     * @throws KedgeException.NotFound the job has no such trigger
     */
    public void remove(JobName job, TriggerId id) {
        checkMayAdminister(job, id);
        parts.seen()
                .inTransaction(tx -> {
                    if (!store.remove(tx, namespace, job, id)) {
                        throw notFound(id);
                    }
                    writeDown(tx, "trigger.remove", job, id);
                });
    }

    /**
     * What was decided about the slots of a schedule, newest first: for how many a run was started,
     * and why not for the others. Decisions are kept for 30 days.
     *
     * @param before only slots before this one; null for all
     * @param limit 1 to {@link #DECISIONS_MAX}
     * @throws KedgeException.NotFound the job has no such trigger
     */
    public List<SlotDecision> decisions(
            JobName job, TriggerId id, @Nullable Instant before, int limit) {
        if (limit < 1 || limit > DECISIONS_MAX) {
            throw new KedgeException.Invalid(
                    "limit", "must be between 1 and %d".formatted(DECISIONS_MAX));
        }
        checkThere(job, id);
        return parts.seen()
                .autocommit(tx -> store.decisions(tx, namespace, job, id, before, limit));
    }

    /**
     * When a schedule would be due, by the database's clock.
     *
     * @param after only later than this; null for from now on
     * @param count at most so many
     */
    public List<Schedule.Slot> preview(Schedule schedule, @Nullable Instant after, int count) {
        parts.checkReaches(namespace);
        var from = after == null ? parts.db().autocommit(store::now) : after;
        var slots = new ArrayList<Schedule.Slot>();
        var slot = schedule.after(from);
        while (slot != null && slots.size() < count) {
            slots.add(slot);
            slot = schedule.after(slot.at());
        }
        return List.copyOf(slots);
    }

    private void writeDown(Tx tx, String act, JobName job, TriggerId id) {
        parts.writeDown(tx, namespace, act, id.toString(), Map.of("job", job.value()));
    }

    /** What is not there for the caller is not forbidden either. */
    private void checkMayAdminister(JobName job, TriggerId id) {
        checkThere(job, id);
        parts.checkMayAdminister(namespace);
    }

    private void checkThere(JobName job, TriggerId id) {
        if (list(job).stream().noneMatch(trigger -> trigger.id().equals(id))) {
            throw notFound(id);
        }
    }

    private static KedgeException notFound(TriggerId id) {
        return new KedgeException.NotFound("trigger", id.toString());
    }
}
