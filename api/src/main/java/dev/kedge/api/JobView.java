package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is defined now.
 *
 * @param timeout {@code none} where an attempt may take for ever
 * @param version counts the times it was defined anew
 */
public record JobView(
        String namespace,
        String name,
        int version,
        HandlerView handler,
        RetryView retry,
        String timeout,
        @Nullable String progressTimeout,
        String onWorkerLost,
        int maxLosses,
        String cancelGrace,
        int priority,
        String queue,
        @Nullable String description,
        boolean enabled,
        boolean paused,
        @Nullable Integer maxConcurrency,
        String onExceeded,
        @Nullable Integer maxConcurrencyPerKey,
        JobBody.@Nullable RateBody rateLimit,
        List<String> requireRoles) {

    public record HandlerView(@Nullable String function, @Nullable Boolean java) {}

    public record RetryView(
            int maxAttempts,
            String backoff,
            @Nullable String initialDelay,
            @Nullable String maxDelay,
            @Nullable List<String> delays,
            double jitter) {}
}
