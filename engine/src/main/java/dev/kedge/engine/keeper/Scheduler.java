package dev.kedge.engine.keeper;

import dev.kedge.engine.Service;
import dev.kedge.engine.signal.Loop;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.CatchUp;
import dev.kedge.model.Cause;
import dev.kedge.model.KedgeException;
import dev.kedge.model.NewRun;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Schedule;
import dev.kedge.model.SlotDecision;
import dev.kedge.model.SlotDecision.Verdict;
import dev.kedge.model.TriggerId;
import dev.kedge.store.Db;
import dev.kedge.store.OutboxStore;
import dev.kedge.store.TriggerStore;
import dev.kedge.store.TriggerStore.Due;
import dev.kedge.store.Tx;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the slots of schedules: each starts a run, or is passed over and says why.
 *
 * <p>The schedule's row is locked, the decisions and the runs are written and the schedule is moved
 * on in one transaction. So a slot has one decision, however many schedulers there are and whenever
 * one dies; and a schedule that is changed meanwhile is due by its old times or its new ones, never
 * both.
 */
public final class Scheduler implements Service {

    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration TURN = Duration.ofSeconds(1);

    /** Where others hold what is due, they are about to decide. */
    private static final Duration HELD = Duration.ofMillis(10);

    private static final int SLOTS_MAX = 1_000;
    private static final int LOCK_WAIT_MILLIS = 5_000;

    /** Slots that are older are not even noted. */
    private static final Duration FORGOTTEN = Duration.ofDays(30);

    private static final String SUPERSEDED = "the next run of its schedule is due";

    private final Db db;
    private final TriggerStore triggers;
    private final OutboxStore outbox;
    private final Cancels cancels;
    private final Routing routing;
    private final RunWatch watch;
    private final Consumer<Set<Integer>> due;
    private final Runnable orders;
    private final Loop loop = new Loop("scheduler", this::keep);

    /** Which schedule is being decided about. */
    private @Nullable TriggerId current;

    /**
     * @param due is called with the lanes in which runs became due
     * @param orders is called when running runs were asked to stop
     */
    public Scheduler(
            Db db,
            TriggerStore triggers,
            OutboxStore outbox,
            Cancels cancels,
            Routing routing,
            RunWatch watch,
            Consumer<Set<Integer>> due,
            Runnable orders) {
        this.db = db;
        this.triggers = triggers;
        this.outbox = outbox;
        this.cancels = cancels;
        this.routing = routing;
        this.watch = watch;
        this.due = due;
        this.orders = orders;
    }

    /** There is a new schedule. */
    public void wake() {
        loop.wake();
    }

    private Duration keep() {
        var failed = new HashSet<TriggerId>();
        while (decidedAboutOne(failed)) {}
        var wait = db.find(triggers::untilNextDue);
        if (wait == null || wait.compareTo(TURN) > 0 || !failed.isEmpty()) {
            return TURN;
        }
        return wait.compareTo(HELD) < 0 ? HELD : wait;
    }

    /** One schedule must not hold up the others: what fails is tried again in the next turn. */
    private boolean decidedAboutOne(Set<TriggerId> failed) {
        current = null;
        try {
            var turn = db.findInTransaction(tx -> turn(tx, failed));
            if (turn != null) {
                turn.tell();
            }
            return turn != null;
        } catch (KedgeException.Unavailable later) {
            throw later;
        } catch (RuntimeException wrong) {
            if (current == null) {
                throw wrong;
            }
            LOG.log(Level.ERROR, "schedule " + current + " cannot be decided about", wrong);
            failed.add(current);
            return true;
        }
    }

    private @Nullable Turn turn(Tx tx, Set<TriggerId> failed) {
        var found = triggers.due(tx, failed);
        if (found == null) {
            return null;
        }
        current = found;
        tx.lockTimeout(LOCK_WAIT_MILLIS);
        var turn = new Turn(tx, triggers.read(tx, found));
        turn.decide();
        return turn;
    }

    /** What is decided about one schedule in one transaction. */
    private final class Turn {

        private final Tx tx;
        private final Due schedule;
        private final List<SlotDecision> decisions = new ArrayList<>();
        private final Set<Integer> lanes = new HashSet<>();
        private @Nullable RunId lastRun;
        private @Nullable RunId cancelled;

        Turn(Tx tx, Due schedule) {
            this.tx = tx;
            this.schedule = schedule;
            this.lastRun = schedule.lastRun();
        }

        void decide() {
            var slots = slots();
            var catchUp = schedule.trigger().timetable().catchUp();
            var missed = catchUp.missed(slots, schedule.now());
            var now = slots.subList(0, Math.min(slots.size(), SLOTS_MAX));
            for (var i = 0; i < now.size(); i++) {
                decisions.add(i < missed ? missed(now.get(i)) : take(now.get(i)));
            }
            var next = after(now.isEmpty() ? schedule.now() : now.getLast());
            triggers.decide(tx, schedule, decisions, next == null ? null : next.at());
        }

        /** Those that are due, the oldest first: as many as it takes to know which are missed. */
        private List<Instant> slots() {
            var slots = new ArrayList<Instant>();
            var slot = first();
            while (slot != null
                    && !slot.isAfter(schedule.now())
                    && slots.size() < SLOTS_MAX + CatchUp.MOST_MAX) {
                slots.add(slot);
                var next = after(slot);
                slot = next == null ? null : next.at();
            }
            return slots;
        }

        private @Nullable Instant first() {
            var oldest = schedule.now().minus(FORGOTTEN);
            var next = schedule.trigger().nextAt();
            if (next == null || !next.isBefore(oldest)) {
                return next;
            }
            var kept = after(oldest);
            return kept == null ? null : kept.at();
        }

        private Schedule.@Nullable Slot after(Instant instant) {
            return schedule.trigger().timetable().schedule().after(instant);
        }

        private SlotDecision missed(Instant slot) {
            return decision(slot, Verdict.MISSED, null, null);
        }

        private SlotDecision take(Instant slot) {
            var overlap = schedule.trigger().timetable().overlap();
            var before = lastRun;
            if (before != null && overlap != Overlap.ALLOW && overlap != Overlap.QUEUE) {
                var active = outbox.hold(tx, List.of(before));
                if (!active.isEmpty() && overlap == Overlap.SKIP) {
                    return decision(slot, Verdict.SKIPPED, before, null);
                }
                if (!active.isEmpty()) {
                    cancels.cancel(tx, active, SUPERSEDED);
                    cancelled = before;
                }
            }
            try {
                return start(slot);
            } catch (KedgeException.Unavailable later) {
                throw later;
            } catch (KedgeException refused) {
                return decision(slot, Verdict.REFUSED, null, refused.getMessage());
            }
        }

        private SlotDecision start(Instant slot) {
            var trigger = schedule.trigger();
            var run =
                    NewRun.of(trigger.job(), trigger.timetable().payload())
                            .withMetadata(
                                    Payload.ofJson("{\"scheduledAt\":\"%s\"}".formatted(slot)));
            var waits =
                    switch (trigger.timetable().overlap()) {
                        case QUEUE, CANCEL_RUNNING ->
                                run.withOrderingKey("schedule:" + trigger.id());
                        case SKIP, ALLOW -> run;
                    };
            var prepared =
                    routing.prepareTriggered(
                            schedule.namespace(), waits, Cause.schedule(trigger.id()));
            routing.writeTriggered(tx, schedule.namespace(), List.of(prepared));
            lanes.add(prepared.lane());
            lastRun = prepared.id();
            return decision(slot, Verdict.STARTED, lastRun, null);
        }

        private SlotDecision decision(
                Instant slot, Verdict verdict, @Nullable RunId run, @Nullable String reason) {
            return new SlotDecision(
                    slot, verdict, run, reason, Duration.between(slot, schedule.now()));
        }

        /** To be called once it is committed. */
        void tell() {
            if (!lanes.isEmpty()) {
                due.accept(lanes);
            }
            if (cancelled != null) {
                watch.changed(cancelled);
                orders.run();
            }
        }
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop(Duration grace) {
        loop.stop(grace);
    }
}
