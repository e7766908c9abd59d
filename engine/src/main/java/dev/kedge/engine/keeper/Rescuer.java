package dev.kedge.engine.keeper;

import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.Service;
import dev.kedge.engine.attempt.Tally;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.signal.Loop;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.RunId;
import dev.kedge.model.Transition;
import dev.kedge.model.WorkerId;
import dev.kedge.store.Db;
import dev.kedge.store.Held;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.Tx;
import dev.kedge.store.Verdict;
import dev.kedge.store.WorkerStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Takes runs back from workers that died.
 *
 * <p>First the worker is declared lost, once and for good, under a lock that waits for its last
 * batch. Then its leases are ended one by one, each by {@code (run, epoch)}: a lost worker is an
 * {@link Outcome} like any other.
 */
public final class Rescuer implements Service {

    private static final System.Logger LOG = System.getLogger(Rescuer.class.getName());
    private static final int LOOKS_PER_BEAT = 2;
    private static final int SWEEP_MAX = 1_000;
    private static final int LOCK_WAIT_MILLIS = 2_000;

    private final EngineConfig config;
    private final Db db;
    private final WorkerStore workers;
    private final LeaseStore leases;
    private final Catalog catalog;
    private final RunWatch watch;
    private final RandomGenerator random;
    private final Tally tally;
    private final Runnable rescued;
    private final Loop loop = new Loop("rescuer", this::rescue);

    public Rescuer(
            EngineConfig config,
            Db db,
            WorkerStore workers,
            LeaseStore leases,
            Catalog catalog,
            RunWatch watch,
            RandomGenerator random,
            Tally tally,
            Runnable rescued) {
        this.config = config;
        this.db = db;
        this.workers = workers;
        this.leases = leases;
        this.catalog = catalog;
        this.watch = watch;
        this.random = random;
        this.tally = tally;
        this.rescued = rescued;
    }

    private Duration rescue() {
        declareLost();
        while (sweep()) {
            rescued.run();
        }
        return config.beat().dividedBy(LOOKS_PER_BEAT);
    }

    private void declareLost() {
        try {
            var lost =
                    db.transaction(tx -> {
                        tx.lockTimeout(LOCK_WAIT_MILLIS);
                        return workers.declareLost(tx);
                    });
            for (var worker : lost) {
                tally.declaredLost.increment();
                LOG.log(Level.WARNING, "worker {0} gave no sign of life; it is lost", worker);
            }
        } catch (KedgeException.Unavailable locked) {
            var ended = db.autocommit(workers::evictFrozen);
            LOG.log(Level.WARNING, "ended {0} frozen sessions that hold up a rescue", ended);
        }
    }

    /** Takes back what one lost worker held; says whether there was one. */
    private boolean sweep() {
        var ended = new ArrayList<RunId>();
        var more =
                db.transaction(tx -> {
                    var worker = workers.lockUnswept(tx);
                    if (worker == null) {
                        return false;
                    }
                    ended.addAll(sweep(tx, worker));
                    return true;
                });
        ended.forEach(watch::changed);
        tally.rescued.add(ended.size());
        return more;
    }

    private List<RunId> sweep(Tx tx, WorkerId worker) {
        var held = leases.lostLeasesOf(tx, worker, SWEEP_MAX);
        var ends = new ArrayList<Verdict<Transition.Ends>>();
        var goOn = new ArrayList<Verdict<Transition.GoesOn>>();
        for (var lost : held) {
            var run = lost.lease().run();
            var epoch = lost.lease().epoch();
            switch (after(lost)) {
                case Transition.Ends end -> ends.add(new Verdict<>(run, epoch, end));
                case Transition.GoesOn later -> goOn.add(new Verdict<>(run, epoch, later));
            }
        }
        if (!ends.isEmpty()) {
            leases.end(tx, ends);
        }
        if (!goOn.isEmpty()) {
            leases.release(tx, goOn);
        }
        if (held.size() < SWEEP_MAX) {
            workers.markSwept(tx, worker);
        }
        return held.stream().map(lost -> lost.lease().run()).toList();
    }

    private Transition after(Held lost) {
        var known = catalog.find(lost.namespace(), lost.job());
        var policy = known == null ? RecoveryPolicy.DEFAULT : known.job().policy().recovery();
        var outcome =
                lost.cancelledBy() == null
                        ? new Outcome.WorkerLost()
                        : new Outcome.Cancelled("cancelled by " + lost.cancelledBy());
        return Transition.after(outcome, lost.spent(), policy, random);
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
