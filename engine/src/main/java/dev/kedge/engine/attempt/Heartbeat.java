package dev.kedge.engine.attempt;

import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.Service;
import dev.kedge.engine.signal.Loop;
import dev.kedge.model.KedgeException;
import dev.kedge.model.WorkerId;
import dev.kedge.store.Db;
import dev.kedge.store.Line;
import dev.kedge.store.WorkerStore;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Keeps the worker alive in the eyes of the others, on a thread and a connection of its own.
 *
 * <p>Where no beat gets through, the worker stops its own handlers before its lease is over by the
 * monotonic clock, counted from when the last good beat was sent: so no two workers ever believe in
 * the same lease. It then begins anew under another id. That watch has a thread of its own, because
 * a beat may hang in a connection that is dead.
 */
public final class Heartbeat implements Service {

    private static final System.Logger LOG = System.getLogger(Heartbeat.class.getName());
    private static final int RETRIES_PER_BEAT = 5;

    private final EngineConfig config;
    private final Line line;
    private final Db db;
    private final WorkerStore workers;
    private final Incarnation incarnation;
    private final Attempts attempts;
    private final Runnable reborn;
    private final Loop beating = new Loop("heartbeat", this::beat);
    private final Loop watching = new Loop("lease-watch", this::watch);
    private volatile long lastGoodNanos;

    Heartbeat(
            EngineConfig config,
            Db db,
            WorkerStore workers,
            Incarnation incarnation,
            Attempts attempts,
            Runnable reborn) {
        this.config = config;
        this.db = db;
        this.line = db.reserve(answerPatience(config));
        this.workers = workers;
        this.incarnation = incarnation;
        this.attempts = attempts;
        this.reborn = reborn;
    }

    /** A beat that takes longer is given up while there is time for another. */
    private static Duration answerPatience(EngineConfig config) {
        return config.lease().minus(config.beat().multipliedBy(2));
    }

    private Duration beat() {
        var holder = incarnation.present();
        if (holder == null) {
            register();
            reborn.run();
            return config.beat();
        }
        var sent = System.nanoTime();
        try {
            if (line.autocommit(tx -> workers.beat(tx, holder.worker(), config.lease()))) {
                lastGoodNanos = sent;
                return config.beat();
            }
            LOG.log(Level.WARNING, "worker {0} was declared lost", holder.worker());
            lose(holder.worker());
            return Duration.ZERO;
        } catch (KedgeException silent) {
            LOG.log(Level.WARNING, "no heartbeat: {0}", silent.getMessage());
            return config.beat().dividedBy(RETRIES_PER_BEAT);
        }
    }

    private Duration watch() {
        var holder = incarnation.present();
        if (holder != null && System.nanoTime() - lastGoodNanos > safeSilence().toNanos()) {
            LOG.log(Level.WARNING, "the lease is nearly over; stopping every handler");
            lose(holder.worker());
        }
        return config.beat().dividedBy(RETRIES_PER_BEAT);
    }

    /** How long a worker may hear nothing before it must let go. */
    private Duration safeSilence() {
        return config.lease().minus(config.beat().dividedBy(2));
    }

    /** The worker is not who it was any more: nothing that it had under way is its own. */
    void lose(WorkerId worker) {
        if (incarnation.lose(worker)) {
            attempts.abandonAll();
            beating.wake();
        }
    }

    private void register() {
        var worker = incarnation.newName();
        var sent = System.nanoTime();
        line.autocommit(tx -> {
            workers.register(
                    tx,
                    worker,
                    hostName(),
                    ProcessHandle.current().pid(),
                    config.slots(),
                    config.lease());
            return true;
        });
        lastGoodNanos = sent;
        incarnation.become(worker);
        LOG.log(Level.DEBUG, "working as {0}", worker);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    @Override
    public void start() {
        register();
        beating.start();
        watching.start();
    }

    /** Stops beating, and says goodbye. */
    @Override
    public void stop(Duration grace) {
        beating.stop(grace);
        watching.stop(grace);
        line.close();
        var holder = incarnation.present();
        if (holder != null && incarnation.lose(holder.worker())) {
            try {
                db.inTransaction(tx -> workers.leave(tx, holder.worker()));
            } catch (KedgeException unheard) {
                LOG.log(Level.DEBUG, "left without a goodbye; the lease will run out", unheard);
            }
        }
    }
}
