package dev.kedge.bench;

import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Connections that claim a batch, settle it, and claim the next. */
final class RawWorkers {

    private static final System.Logger LOG = System.getLogger(RawWorkers.class.getName());
    private static final Duration POLL = Duration.ofMillis(50);

    private final Ledger ledger;
    private final int claimMax;
    private final List<Thread> threads;
    private final Semaphore due = new Semaphore(0);
    private final LongAdder ended = new LongAdder();

    /** Shared for a batch from claim to settlement, sole while paused. */
    private final ReentrantReadWriteLock.WriteLock pausing;

    private final ReentrantReadWriteLock.ReadLock working;

    private volatile boolean paused;
    private volatile boolean stopping;

    RawWorkers(Ledger ledger, List<RawConnection> connections, int claimMax) {
        this.ledger = ledger;
        this.claimMax = claimMax;
        var lock = new ReentrantReadWriteLock(true);
        this.pausing = lock.writeLock();
        this.working = lock.readLock();
        this.threads =
                connections.stream()
                        .map(connection ->
                                Thread.ofPlatform()
                                        .name("raw-worker")
                                        .daemon()
                                        .unstarted(() -> work(connection)))
                        .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    void wake() {
        if (due.availablePermits() < threads.size()) {
            due.release();
        }
    }

    /** Returns when no batch is under way any more. */
    void pause() {
        pausing.lock();
        try {
            paused = true;
        } finally {
            pausing.unlock();
        }
    }

    void resume() {
        paused = false;
        due.release(threads.size());
    }

    long ended() {
        return ended.sum();
    }

    private void work(RawConnection connection) {
        try {
            while (!stopping) {
                if (paused || !workOnce(connection.statements())) {
                    var _ = due.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (SQLException failed) {
            // The lap will miss its runs and say so.
            LOG.log(Level.ERROR, "a raw worker failed", failed);
        }
    }

    private boolean workOnce(RawStatements statements) throws SQLException {
        working.lock();
        try {
            var leased = paused ? List.<RawStatements.Leased>of() : statements.claim(claimMax);
            if (leased.isEmpty()) {
                return false;
            }
            leased.forEach(run -> ledger.started(run.payload().bytes()));
            statements.settle(leased);
            ended.add(leased.size());
            return true;
        } finally {
            working.unlock();
        }
    }

    void stop() {
        stopping = true;
        due.release(threads.size());
        for (var thread : threads) {
            Ends.await(thread);
        }
    }
}
