package dev.kedge.functions;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes behind the sandbox's walls, all from one thread that lives as long as this.
 *
 * <p>The one thread matters: the kernel ends a process together with the <em>thread</em> that
 * started it, and so with this server however it dies, but not before.
 */
final class Launcher implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Launcher.class.getName());
    private static final Duration GUARDED_START_MAX = Duration.ofSeconds(5);

    private final Sandbox sandbox;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("kedge-functions-launcher").factory());
    private final BitSet seats = new BitSet();

    Launcher(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** A process that was started, and the user number it has until it is given back. */
    record Started(Process process, ProcessHandle worker, int seat) {}

    Started start() throws IOException, InterruptedException {
        try {
            return thread.submit(this::startHere).get();
        } catch (ExecutionException failed) {
            throw new IOException("cannot start Deno: " + failed.getCause(), failed.getCause());
        }
    }

    /** Does something in the background, on the launching thread. */
    void later(Runnable task) {
        thread.execute(task);
    }

    /** Returns when what was asked for so far has started or failed, or when the time is over. */
    void awaitStarts(long millis) throws InterruptedException {
        try {
            thread.submit(() -> {}).get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException notStarting) {
            LOG.log(System.Logger.Level.WARNING, "a process is still starting", notStarting);
        }
    }

    /** On the launching thread itself. */
    Started startHere() throws IOException {
        var seat = takeSeat();
        try {
            var process = sandbox.command(seat).start();
            return new Started(process, workerOf(process), seat);
        } catch (IOException failed) {
            giveBack(seat);
            throw failed;
        }
    }

    /** The process that runs the function: the one that was started, or the one it guards. */
    private ProcessHandle workerOf(Process process) throws IOException {
        if (!sandbox.hasGuard()) {
            return process.toHandle();
        }
        var deadline = System.nanoTime() + GUARDED_START_MAX.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            var child = process.children().findAny();
            if (child.isPresent()) {
                return child.get();
            }
            LockSupport.parkNanos(200_000);
        }
        process.destroyForcibly();
        throw new IOException("the guarded process did not start");
    }

    /** Ends a process with all it has started. Returns at once. */
    void end(Started started) {
        if (!started.worker().destroyForcibly()) {
            started.process().destroyForcibly();
        }
        endRemains(started);
    }

    /** Ends what a process has started that has ended. Returns at once. */
    void endRemains(Started started) {
        if (sandbox.hasGuard()) {
            return; // The guard ends with the one it guards, having seen to the remains.
        }
        try {
            // It led a session of its own, and so a group.
            new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -- -$0", "" + started.process().pid())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException noShell) {
            LOG.log(System.Logger.Level.WARNING, "what a function started may go on", noShell);
        }
    }

    private synchronized int takeSeat() {
        var seat = seats.nextClearBit(1); // 0 is for probes.
        seats.set(seat);
        return seat;
    }

    synchronized void giveBack(int seat) {
        seats.clear(seat);
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
