package dev.kedge.model;

import java.time.Duration;
import java.util.List;

/** How the delay between attempts grows. */
public sealed interface Backoff {

    Duration DELAY_MAX = Duration.ofDays(30);
    int TABLE_ROWS_MAX = 100;

    /** The delay after failure number {@code failures}, counted from 1. */
    Duration delayAfter(int failures);

    /** Always the same. */
    record Fixed(Duration delay) implements Backoff {
        public Fixed {
            Bounds.check("delay", delay, Duration.ZERO, DELAY_MAX);
        }

        @Override
        public Duration delayAfter(int failures) {
            return delay;
        }
    }

    /** One initial delay more each time, up to the ceiling. */
    record Linear(Duration initial, Duration ceiling) implements Backoff {
        public Linear {
            checkRange(initial, ceiling);
        }

        @Override
        public Duration delayAfter(int failures) {
            return atMost(ceiling, (double) initial.toMillis() * failures);
        }
    }

    /** Doubles each time, up to the ceiling. */
    record Exponential(Duration initial, Duration ceiling) implements Backoff {
        public Exponential {
            checkRange(initial, ceiling);
        }

        @Override
        public Duration delayAfter(int failures) {
            return atMost(ceiling, initial.toMillis() * Math.pow(2, failures - 1.0));
        }
    }

    /** Read from a list; the last one repeats. */
    record Table(List<Duration> delays) implements Backoff {
        public Table {
            delays = List.copyOf(delays);
            Bounds.check("delays", delays.size(), 1, TABLE_ROWS_MAX);
            delays.forEach(delay -> Bounds.check("delays", delay, Duration.ZERO, DELAY_MAX));
        }

        @Override
        public Duration delayAfter(int failures) {
            return delays.get(Math.min(failures, delays.size()) - 1);
        }
    }

    private static void checkRange(Duration initial, Duration ceiling) {
        Bounds.check("initialDelay", initial, Duration.ZERO, DELAY_MAX);
        Bounds.check("maxDelay", ceiling, initial, DELAY_MAX);
    }

    private static Duration atMost(Duration ceiling, double millis) {
        return millis >= ceiling.toMillis() ? ceiling : Duration.ofMillis((long) millis);
    }
}
