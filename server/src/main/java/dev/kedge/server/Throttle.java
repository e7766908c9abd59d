package dev.kedge.server;

import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often something may be done under one key: for each key a bucket of tokens that refills
 * steadily. For use by any thread.
 *
 * <p>The keys come from strangers, so what is remembered is bounded. A bucket that is full again is
 * forgotten, which changes nothing; and while there are more keys than places, those that have none
 * draw from one bucket together. So a crowd of made-up keys can slow down other newcomers, but it
 * neither takes memory nor wipes out what is remembered of anybody.
 */
final class Throttle {

    /**
     * @param burst how often it may be done at once
     * @param per the time in which an empty bucket is full again
     */
    record Rate(int burst, Duration per) {

        private static final Duration PER_MAX = Duration.ofDays(1);

        Rate {
            if (burst < 1) {
                throw new KedgeException.Invalid("burst", "must be at least 1, got " + burst);
            }
            if (per.toNanos() < burst || per.compareTo(PER_MAX) > 0) {
                throw new KedgeException.Invalid(
                        "per", "must be at most 1d, got " + Durations.format(per));
            }
        }

        static Rate perSecond(int times) {
            return new Rate(times, Duration.ofSeconds(1));
        }
    }

    /** How many keys are told apart, unless said otherwise: about 10 MB of them. */
    static final int KEYS_MAX = 100_000;

    private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

    private final long tokenNanos;
    private final long bucketNanos;
    private final int keysMax;
    private final LongSupplier nanoTime;
    private final long beginning;

    /** When each key's bucket will be full, in nanoseconds since the beginning. */
    private final ConcurrentMap<String, Long> fullAt = new ConcurrentHashMap<>();

    private final Object sharing = new Object();
    private long sharedFullAt; // guarded by sharing
    private long sweptAt; // guarded by sharing

    Throttle(Rate rate) {
        this(rate, KEYS_MAX, System::nanoTime);
    }

    Throttle(Rate rate, int keysMax, LongSupplier nanoTime) {
        this.tokenNanos = rate.per().toNanos() / rate.burst();
        this.bucketNanos = tokenNanos * rate.burst();
        this.keysMax = keysMax;
        this.nanoTime = nanoTime;
        this.beginning = nanoTime.getAsLong();
        this.sweptAt = -SWEEP_NANOS;
    }

    /** Takes a token; zero if there was one, else how long it is until there is. */
    Duration take(String key) {
        var now = now();
        if (!fullAt.containsKey(key) && !hasPlace(now)) {
            synchronized (sharing) {
                var wait = waiting(sharedFullAt, now);
                if (wait == 0) {
                    sharedFullAt = later(sharedFullAt, now);
                }
                return Duration.ofNanos(wait);
            }
        }
        var wait = new long[1];
        fullAt.compute(
                key,
                (_, full) -> {
                    wait[0] = waiting(full, now);
                    return wait[0] == 0 ? later(full, now) : full;
                });
        return Duration.ofNanos(wait[0]);
    }

    /** How long it is until there is a token; zero if there is one. Takes none. */
    Duration untilToken(String key) {
        var now = now();
        var full = fullAt.get(key);
        if (full == null && fullAt.size() >= keysMax) {
            synchronized (sharing) {
                return Duration.ofNanos(waiting(sharedFullAt, now));
            }
        }
        return Duration.ofNanos(waiting(full, now));
    }

    int keys() {
        return fullAt.size();
    }

    private boolean hasPlace(long now) {
        if (fullAt.size() < keysMax) {
            return true;
        }
        synchronized (sharing) {
            // Not each time: a crowd that costs a walk through everything is an attack that works.
            if (now - sweptAt < SWEEP_NANOS) {
                return false;
            }
            sweptAt = now;
        }
        fullAt.values().removeIf(full -> full <= now);
        return fullAt.size() < keysMax;
    }

    /** How long until a bucket that will be full at {@code full} has a token. */
    private long waiting(@Nullable Long full, long now) {
        return full == null ? 0 : Math.max(0, full - now + tokenNanos - bucketNanos);
    }

    private long later(@Nullable Long full, long now) {
        return (full == null ? now : Math.max(full, now)) + tokenNanos;
    }

    private long now() {
        return nanoTime.getAsLong() - beginning;
    }
}
