package dev.kedge.engine.signal;

import dev.kedge.model.RunId;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who wait for a run that something in this process changed it. What other processes
 * change is found by looking again, so nobody waits longer than {@link #LOOK_AGAIN}.
 */
public final class RunWatch {

    /** How long a change made elsewhere may go unnoticed. */
    public static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final ConcurrentMap<RunId, CountDownLatch> latches = new ConcurrentHashMap<>();

    /** A promise of the next change: to be taken before one looks, and kept after. */
    public final class Ticket {

        private final RunId run;
        private final CountDownLatch latch;

        private Ticket(RunId run, CountDownLatch latch) {
            this.run = run;
            this.latch = latch;
        }

        /** Returns at the next change since the ticket was taken, or when it is time to look. */
        public void await(Duration atMost) throws InterruptedException {
            var wait = Math.min(atMost.toNanos(), LOOK_AGAIN.toNanos());
            if (!latch.await(wait, TimeUnit.NANOSECONDS)) {
                latches.remove(run, latch);
                latch.countDown(); // Whoever shares the latch looks again too.
            }
        }
    }

    public Ticket watch(RunId run) {
        return new Ticket(run, latches.computeIfAbsent(run, _ -> new CountDownLatch(1)));
    }

    public void changed(RunId run) {
        var latch = latches.remove(run);
        if (latch != null) {
            latch.countDown();
        }
    }
}
