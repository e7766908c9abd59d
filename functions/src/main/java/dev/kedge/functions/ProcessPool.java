package dev.kedge.functions;

import dev.kedge.model.Deployment;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The processes of all functions: those at work, those that wait warm for their own function's next
 * attempt, and a few spares that have not loaded any code yet.
 *
 * <p>A process that has loaded a deployment never serves another, nor another namespace.
 */
final class ProcessPool implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ProcessPool.class.getName());
    private static final long CHECK_NANOS = 20_000_000;
    private static final long CLOSE_MILLIS_MAX = 5_000;

    private record Key(Namespace namespace, DeploymentId deployment) {
        static Key of(Deployment deployment) {
            return new Key(deployment.namespace(), deployment.id());
        }
    }

    private final FunctionsConfig config;
    private final Launcher launcher;
    private final Semaphore seats;
    private final Thread watchdog;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}, as is what follows. */
    private final Map<Key, ArrayDeque<SandboxProcess>> warm = new HashMap<>();

    private final ArrayDeque<SandboxProcess> spares = new ArrayDeque<>();

    /** Each from its start until it is gone. */
    private final Set<SandboxProcess> all = new HashSet<>();

    private boolean closed;

    ProcessPool(FunctionsConfig config, Launcher launcher) {
        this.config = config;
        this.launcher = launcher;
        this.seats = new Semaphore(config.processesMax(), true);
        this.watchdog =
                Thread.ofPlatform()
                        .daemon()
                        .name("kedge-functions-watchdog")
                        .unstarted(this::watch);
    }

    void start() {
        watchdog.start();
        launcher.later(this::refill);
    }

    /**
     * A process for the deployment, warm or fresh (then nothing is loaded yet), for the caller
     * alone until {@link #giveBack}. Waits while all are at work.
     */
    SandboxProcess borrow(Deployment deployment) throws InterruptedException {
        seats.acquire();
        try {
            var process = takeWarm(Key.of(deployment));
            return process != null ? process : fresh();
        } catch (IOException notStarted) {
            seats.release();
            throw new KedgeException.Unavailable("no process for the function", notStarted);
        } catch (InterruptedException | RuntimeException stopped) {
            seats.release();
            throw stopped;
        }
    }

    /** Takes it back, warm if it is still good for another attempt. */
    void giveBack(SandboxProcess process, boolean reusable) {
        var deployment = process.deployment();
        lock.lock();
        try {
            if (reusable
                    && !closed
                    && deployment != null
                    && process.isAlive()
                    && process.attempts() < config.attemptsPerProcess()) {
                process.idleSince = System.nanoTime();
                warm.computeIfAbsent(Key.of(deployment), _ -> new ArrayDeque<>()).addLast(process);
            } else {
                retire(process);
            }
        } finally {
            lock.unlock();
            seats.release();
        }
    }

    List<SandboxProcess> processes() {
        lock.lock();
        try {
            return all.stream().filter(SandboxProcess::isAlive).toList();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable SandboxProcess takeWarm(Key key) {
        lock.lock();
        try {
            if (closed) {
                throw new KedgeException.Unavailable("functions are shut down", null);
            }
            var waiting = warm.get(key);
            while (waiting != null && !waiting.isEmpty()) {
                var process = waiting.pollLast();
                if (waiting.isEmpty()) {
                    warm.remove(key);
                }
                if (process.isAlive()) {
                    return process;
                }
                retire(process);
            }
            makeRoom();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever has a seat may have a process; the one that waited longest goes for it. */
    private void makeRoom() {
        var waiting = warm.values().stream().mapToInt(ArrayDeque::size).sum();
        var atWork = config.processesMax() - seats.availablePermits();
        if (waiting + atWork <= config.processesMax()) {
            return;
        }
        warm.values().stream()
                .flatMap(ArrayDeque::stream)
                .min((a, b) -> Long.compare(a.idleSince - b.idleSince, 0))
                .ifPresent(this::drop);
    }

    private void drop(SandboxProcess process) {
        warm.values().forEach(waiting -> waiting.remove(process));
        warm.values().removeIf(ArrayDeque::isEmpty);
        retire(process);
    }

    private static void retire(SandboxProcess process) {
        process.kill(SandboxProcess.Killed.STOPPED);
    }

    private void forget(SandboxProcess process) {
        lock.lock();
        try {
            all.remove(process);
        } finally {
            lock.unlock();
        }
    }

    private SandboxProcess fresh() throws IOException, InterruptedException {
        var spare = takeSpare();
        if (config.spares() > 0) {
            launcher.later(this::refill);
        }
        return spare != null ? spare : add(launcher.start());
    }

    private @Nullable SandboxProcess takeSpare() {
        lock.lock();
        try {
            while (!spares.isEmpty()) {
                var spare = spares.pollFirst();
                if (spare.isAlive()) {
                    return spare;
                }
                retire(spare);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** On the launcher's thread. */
    private void refill() {
        try {
            while (wantsSpare()) {
                var spare = add(launcher.startHere());
                lock.lock();
                try {
                    spares.addLast(spare);
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException notStarted) {
            LOG.log(Logger.Level.WARNING, "no spare process for functions", notStarted);
        }
    }

    private boolean wantsSpare() {
        lock.lock();
        try {
            return !closed && spares.size() < config.spares();
        } finally {
            lock.unlock();
        }
    }

    private SandboxProcess add(Launcher.Started started) {
        var process = new SandboxProcess(config, launcher, started);
        lock.lock();
        try {
            all.add(process);
            if (closed) {
                retire(process);
            }
        } finally {
            lock.unlock();
        }
        process.onGone(() -> forget(process));
        process.start();
        return process;
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            for (var process : processes()) {
                process.check();
            }
            endIdle();
            LockSupport.parkNanos(CHECK_NANOS);
        }
    }

    private void endIdle() {
        var now = System.nanoTime();
        var idleNanos = config.idle().toNanos();
        lock.lock();
        try {
            warm.values().stream()
                    .flatMap(ArrayDeque::stream)
                    .filter(process -> now - process.idleSince > idleNanos || !process.isAlive())
                    .toList()
                    .forEach(this::drop);
        } finally {
            lock.unlock();
        }
    }

    private List<SandboxProcess> notGone() {
        lock.lock();
        try {
            return List.copyOf(all);
        } finally {
            lock.unlock();
        }
    }

    /** Ends every process, at work or not or just starting, and returns when they are gone. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            all.forEach(ProcessPool::retire);
            warm.clear();
            spares.clear();
        } finally {
            lock.unlock();
        }
        watchdog.interrupt();
        try {
            launcher.awaitStarts(CLOSE_MILLIS_MAX); // They are among all now, and told to end.
            for (var process : notGone()) {
                process.awaitEnd(CLOSE_MILLIS_MAX);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
