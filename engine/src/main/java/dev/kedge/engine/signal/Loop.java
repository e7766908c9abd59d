package dev.kedge.engine.signal;

import dev.kedge.engine.Service;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A thread that does one thing again and again: when it is woken, and when the pause that it asked
 * for is over. What goes wrong is logged and tried again after a pause.
 */
public final class Loop implements Service {

    /** One turn. Returns how long to pause unless woken; zero to go on at once. */
    @FunctionalInterface
    public interface Turn {
        Duration take() throws InterruptedException;
    }

    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    private final String name;
    private final Turn turn;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private boolean called; // guarded by lock
    private volatile boolean stopping;

    public Loop(String name, Turn turn) {
        this.name = name;
        this.turn = turn;
        this.thread = Thread.ofPlatform().name("kedge-" + name).daemon().unstarted(this::run);
    }

    /** Ends the pause, or the next one if there is none just now. */
    public void wake() {
        lock.lock();
        try {
            called = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop(Duration grace) {
        stopping = true;
        wake();
        try {
            if (thread.isAlive()) {
                thread.join(grace);
                thread.interrupt();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopping) {
            try {
                pause(turn.take());
            } catch (InterruptedException stop) {
                return;
            } catch (RuntimeException
                    | Error failed) { // A loop outlives whatever one turn runs into.
                if (!stopping) {
                    LOG.log(Level.WARNING, "{0}: {1}", name, failed.getMessage());
                    LOG.log(Level.DEBUG, name, failed);
                    pauseAfterFailure();
                }
            }
        }
    }

    private void pauseAfterFailure() {
        try {
            pause(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException stop) {
            stopping = true;
        }
    }

    private void pause(Duration atMost) throws InterruptedException {
        var nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!called && nanos > 0 && !stopping) {
                nanos = woken.awaitNanos(nanos);
            }
            called = false;
        } finally {
            lock.unlock();
        }
    }
}
