package dev.kedge.model;

import java.time.Duration;

/**
 * How often attempts may start: in no stretch of time as long as {@code per} do more than {@code
 * limit} of them, whatever the number of servers. Runs beyond that wait.
 */
public record RateLimit(int limit, Duration per) {

    public static final int LIMIT_MAX = 1_000_000;
    public static final Duration PER_MIN = Duration.ofMillis(100);
    public static final Duration PER_MAX = Duration.ofDays(31);

    public RateLimit {
        Bounds.check("rateLimit.limit", limit, 1, LIMIT_MAX);
        Bounds.check("rateLimit.per", per, PER_MIN, PER_MAX);
    }
}
