package dev.kedge.engine.signal;

import dev.kedge.model.RunId;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who wait for a run that something in this process changed it. What other processes
 * change is found by looking again, so nobody waits longer than {@link #LOOK_AGAIN}.
 */
public final class RunWatch {

    /** How long a change made elsewhere may go unnoticed. */
    public static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final ConcurrentMap<RunId, Watchers> watched = new ConcurrentHashMap<>();

    /** Those who wait for the next change of one run. The count changes under the map's lock. */
    private static final class Watchers {
        private final CountDownLatch changed = new CountDownLatch(1);
        private int count;

        private Watchers joined() {
            count++;
            return this;
        }

        private @Nullable Watchers left() {
            count--;
            return count == 0 ? null : this;
        }
    }

    /**
     * A promise of the next change: to be taken before one looks, kept after, and given back in the
     * end, or the run would be remembered for ever.
     */
    public final class Ticket implements AutoCloseable {

        private final RunId run;
        private final Watchers watchers;

        private Ticket(RunId run, Watchers watchers) {
            this.run = run;
            this.watchers = watchers;
        }

        /** Returns at the next change since the ticket was taken, or when it is time to look. */
        public void await(Duration atMost) throws InterruptedException {
            var wait = Math.min(atMost.toNanos(), LOOK_AGAIN.toNanos());
            var _ = watchers.changed.await(wait, TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            watched.computeIfPresent(
                    run, (_, present) -> present == watchers ? present.left() : present);
        }
    }

    public Ticket watch(RunId run) {
        return new Ticket(
                run,
                watched.compute(
                        run, (_, there) -> (there == null ? new Watchers() : there).joined()));
    }

    public void changed(RunId run) {
        var watchers = watched.remove(run);
        if (watchers != null) {
            watchers.changed.countDown();
        }
    }

    /** How many runs are watched at present. */
    int size() {
        return watched.size();
    }
}
