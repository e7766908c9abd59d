package dev.kedge.model;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes run ids that strictly increase within one process, whatever its clock does.
 *
 * <p>Layout of RFC 9562, section 6.2, method 3: milliseconds, then twelve bits used as a counter
 * that carries over into the milliseconds, then random bits. Safe for use by many threads.
 */
public final class RunIds {

    private final InstantSource clock;
    private final RandomGenerator random;
    private long last; // milliseconds and counter in one number; guarded by this

    public RunIds(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The next id: greater than every one given out before. */
    public synchronized RunId next() {
        last = Math.max(last + 1, clock.millis() << 12);
        var high = (last >>> 12 << 16) | 0x7000L | (last & 0xFFFL);
        var low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
        return new RunId(new UUID(high, low));
    }
}
