package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Submits a run.
 *
 * @param payload any JSON value; {@code null} where left out
 * @param runAt when it becomes due; or {@code delay}, or neither for at once
 * @param key business key, unique among the active runs of the job
 * @param onConflict what to do where the key is taken; {@code reject} where left out
 * @param expiresAt where it has not started by then, it is cancelled
 * @param metadata a JSON object for the submitter's own use
 * @param concurrencyKey runs with the same one share the job's limits per key
 * @param orderingKey runs with the same one run one after the other
 * @param onBehalfOf whose run it is to be; only a service may say so
 */
public record RunBody(
        @Nullable RawJson payload,
        @Nullable Integer priority,
        @Nullable Instant runAt,
        @Nullable String delay,
        @Nullable String queue,
        @Nullable String key,
        @Nullable OnTaken onConflict,
        @Nullable Instant expiresAt,
        @Nullable Integer maxAttempts,
        @Nullable String timeout,
        @Nullable List<String> tags,
        @Nullable RawJson metadata,
        @Nullable String concurrencyKey,
        @Nullable String orderingKey,
        @Nullable SomebodyBody onBehalfOf) {

    /**
     * Somebody else, whose run it is to be.
     *
     * @param role the name of the role that counts; {@code authenticated} where left out
     */
    public record SomebodyBody(String principal, @Nullable String role, @Nullable String email) {}

    public static RunBody of(RawJson payload) {
        return new RunBody(
                payload, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null);
    }

    /** What to do with a run whose business key an active one already has. */
    public enum OnTaken {
        REJECT,
        RETURN,
        REPLACE
    }
}
