package dev.kedge.engine.keeper;

import dev.kedge.engine.Service;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.secrets.Vault;
import dev.kedge.engine.signal.Loop;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.Transition;
import dev.kedge.store.Db;
import dev.kedge.store.EventStore;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.LimitStore;
import dev.kedge.store.TallyStore;
import dev.kedge.store.TimerStore;
import dev.kedge.store.TriggerStore;
import dev.kedge.store.Verdict;
import dev.kedge.store.WorkerStore;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The small duties: expiry, counts, partitions to come, workers long gone, the catalog's age; runs
 * that wait for one that has ended, where its end could not let them go; starts that no limit
 * counts any more; data keys that are worn out.
 */
public final class Housekeeper implements Service {

    /** What a run that was not started in time is said to have been cancelled for. */
    public static final String EXPIRED = "expired before it could start";

    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int CATALOG_EVERY = 10;
    private static final int HOURLY = 3_600;
    private static final int REROUTE_EVERY = 3;
    private static final int REROUTE_MAX = 1_000;
    private static final int EVENT_DAYS = 7;
    private static final int SLOT_DAYS = 30;
    private static final int FORGET_MAX = 100_000;
    private static final int EXPIRE_MAX = 1_000;
    private static final int FOLD_MAX = 10_000;
    private static final int WEEKS_AHEAD = 1;
    private static final int MINUTELY = 60;
    private static final int KEYS_MAX = 5_000;

    private final Db db;
    private final TimerStore timers;
    private final LeaseStore leases;
    private final TallyStore tallies;
    private final WorkerStore workers;
    private final EventStore events;
    private final TriggerStore triggers;
    private final LimitStore limits;
    private final Vault vault;
    private final Catalog catalog;
    private final RunWatch watch;
    private final Runnable rerouted;
    private final Consumer<Set<Integer>> due;
    private final Loop loop = new Loop("housekeeper", this::keep);
    private int turn;
    private LimitStore.OrderingKey looked = LimitStore.OrderingKey.FIRST;

    /**
     * Calls {@code rerouted} when events that nobody took are wanted after all, and {@code due}
     * with lanes in which runs were let go.
     */
    public Housekeeper(
            Db db,
            TimerStore timers,
            LeaseStore leases,
            TallyStore tallies,
            WorkerStore workers,
            EventStore events,
            TriggerStore triggers,
            LimitStore limits,
            Vault vault,
            Catalog catalog,
            RunWatch watch,
            Runnable rerouted,
            Consumer<Set<Integer>> due) {
        this.db = db;
        this.timers = timers;
        this.leases = leases;
        this.tallies = tallies;
        this.workers = workers;
        this.events = events;
        this.triggers = triggers;
        this.limits = limits;
        this.vault = vault;
        this.catalog = catalog;
        this.watch = watch;
        this.rerouted = rerouted;
        this.due = due;
    }

    private Duration keep() {
        turn++;
        var busy = expire() == EXPIRE_MAX;
        busy |= db.autocommit(tx -> tallies.fold(tx, FOLD_MAX)) == FOLD_MAX;
        unblock();
        if (turn % MINUTELY == 0) {
            db.autocommit(limits::forgetStarts);
        }
        if (turn % REROUTE_EVERY == 0 && db.autocommit(tx -> events.reroute(tx, REROUTE_MAX)) > 0) {
            rerouted.run();
        }
        if (turn % CATALOG_EVERY == 0) {
            catalog.refresh();
        }
        if (turn % HOURLY == 1) {
            db.inTransaction(tx -> timers.makePartitions(tx, WEEKS_AHEAD));
            db.inTransaction(workers::forget);
            db.autocommit(tx -> events.forget(tx, EVENT_DAYS, FORGET_MAX));
            db.autocommit(tx -> triggers.forget(tx, SLOT_DAYS, FORGET_MAX));
            vault.keep();
        }
        return busy ? Duration.ZERO : TURN;
    }

    private void unblock() {
        var look = db.autocommit(tx -> limits.unblock(tx, looked, KEYS_MAX));
        looked = look.last();
        if (!look.lanes().isEmpty()) {
            due.accept(look.lanes());
        }
    }

    private int expire() {
        var expired = db.autocommit(tx -> timers.expired(tx, EXPIRE_MAX));
        if (!expired.isEmpty()) {
            Transition.Ends cancel = new Transition.Cancel(EXPIRED);
            var verdicts =
                    expired.stream()
                            .map(run -> new Verdict<>(run.run(), run.epoch(), cancel))
                            .toList();
            db.autocommit(tx -> leases.end(tx, verdicts)).forEach(watch::changed);
        }
        return expired.size();
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
