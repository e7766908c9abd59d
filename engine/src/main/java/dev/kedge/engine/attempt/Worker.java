package dev.kedge.engine.attempt;

import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.Service;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.catalog.Handlers;
import dev.kedge.engine.journal.LeasedJournal;
import dev.kedge.engine.secrets.AttemptSecrets;
import dev.kedge.engine.signal.Loop;
import dev.kedge.model.WorkerId;
import dev.kedge.store.Db;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.WorkerStore;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The part of an engine that carries out runs: its slots, its leases, its sign of life. */
public final class Worker implements Service {

    /** How long a handler that was interrupted may take to notice, when the worker leaves. */
    private static final Duration LAST_CALL = Duration.ofSeconds(6);

    private final Attempts attempts;
    private final Dispatcher dispatcher;
    private final Births births;
    private final Heartbeat heartbeat;
    private final Incarnation incarnation;
    private final Loop orders;
    private final boolean takesRuns;
    private boolean left; // guarded by this

    /** Calls {@code freed} with lanes in which the end of a lease lets another run start. */
    public Worker(
            EngineConfig config,
            Db db,
            LeaseStore leases,
            WorkerStore workers,
            Catalog catalog,
            Handlers handlers,
            Reports reports,
            Settler settler,
            LeasedJournal.Parts journals,
            AttemptSecrets.Sources secrets,
            RandomGenerator random,
            Tally tally,
            Supplier<UUID> ids,
            IntConsumer freed) {
        takesRuns = config.slots() > 0;
        incarnation = new Incarnation(ids);
        attempts =
                new Attempts(
                        config.slots(),
                        catalog,
                        reports,
                        new AttemptRunner(
                                handlers,
                                reports,
                                settler,
                                random,
                                tally,
                                config.payloadBytesMax(),
                                freed),
                        journals,
                        secrets,
                        this::slotFreed);
        heartbeat = new Heartbeat(config, db, workers, incarnation, attempts, this::wake);
        var claims =
                new Claims(
                        db,
                        leases,
                        workers,
                        incarnation,
                        catalog,
                        handlers,
                        attempts,
                        settler,
                        heartbeat::lose);
        dispatcher = new Dispatcher(claims, attempts, config.poll());
        births = new Births(attempts, incarnation, handlers, catalog, tally, dispatcher::isBehind);
        orders =
                new Loop(
                        "orders",
                        () -> {
                            claims.reconcile();
                            return config.beat();
                        });
    }

    /** Something may be due. */
    public void wake() {
        dispatcher.wake();
    }

    private void slotFreed() {
        dispatcher.slotFreed();
    }

    /** Where runs start that are submitted here. */
    public Births births() {
        return births;
    }

    /** Somebody may want a run of ours to stop. */
    public void readOrders() {
        orders.wake();
    }

    public Attempts attempts() {
        return attempts;
    }

    /** Whether a run that becomes due now can start here at once. */
    public boolean hasFreeSlot() {
        return attempts.hasFreeSlot();
    }

    /** False for an engine without slots, which submits and is no worker in anybody's eyes. */
    public boolean takesRuns() {
        return takesRuns;
    }

    public boolean isAlive() {
        return incarnation.present() != null;
    }

    /** Who this worker is at present; for log lines and tests. */
    public Optional<WorkerId> id() {
        var holder = incarnation.present();
        return holder == null ? Optional.empty() : Optional.of(holder.worker());
    }

    @Override
    public void start() {
        if (!takesRuns) {
            return;
        }
        heartbeat.start();
        attempts.start();
        orders.start();
        dispatcher.start();
    }

    /** Claims no more, lets attempts end, hands back the rest, and leaves. */
    @Override
    public synchronized void stop(Duration grace) {
        if (left) {
            return;
        }
        left = true;
        births.close();
        dispatcher.stop(LAST_CALL);
        try {
            if (!attempts.awaitIdle(grace)) {
                attempts.handBackAll();
                attempts.awaitIdle(LAST_CALL);
            }
        } catch (InterruptedException hurry) {
            attempts.handBackAll();
            Thread.currentThread().interrupt();
        }
        orders.stop(LAST_CALL);
        attempts.stop(LAST_CALL);
        heartbeat.stop(LAST_CALL);
    }
}
