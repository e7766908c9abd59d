package dev.kedge.model;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how soon a failed run is tried again.
 *
 * @param maxAttempts failures after which the run is failed for good; 1 means no retry
 * @param backoff the delay before each retry, without jitter
 * @param jitter how much longer a delay may get by chance, as a part of it, so that runs which
 *     failed together do not come back together; 0 keeps delays exact
 */
public record RetryPolicy(int maxAttempts, Backoff backoff, double jitter) {

    public static final int ATTEMPTS_MAX = 1_000;

    public static final RetryPolicy DEFAULT =
            new RetryPolicy(
                    3, new Backoff.Exponential(Duration.ofSeconds(1), Duration.ofMinutes(1)), 0.1);

    public RetryPolicy {
        Bounds.check("maxAttempts", maxAttempts, 1, ATTEMPTS_MAX);
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new KedgeException.Invalid("jitter", "must be between 0 and 1, got " + jitter);
        }
    }

    public RetryPolicy withMaxAttempts(int attempts) {
        return new RetryPolicy(attempts, backoff, jitter);
    }

    /** How long to wait after failure number {@code failures} (from 1). */
    public Duration delayAfter(int failures, RandomGenerator random) {
        var delay = backoff.delayAfter(failures);
        var extra = (long) (delay.toMillis() * jitter * random.nextDouble());
        return delay.plusMillis(extra);
    }
}
