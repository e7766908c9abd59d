package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as it stood when it was read.
 *
 * @param state {@code pending, running, sleeping, completed, failed} or {@code cancelled}
 * @param payload left out in lists
 * @param dueAt when it becomes or became due; null while it waits for something other than time
 * @param attempt how many attempts were begun
 * @param worker who holds it, or held it at the end
 * @param result what the handler returned; of completed runs, left out in lists
 * @param failure why it failed; of a pending run that failed before, the last reason
 * @param maxAttempts as submitted; absent for the job's
 * @param timeout as submitted; absent for the job's
 * @param origin the run that this one repeats
 * @param parent the run that invoked this one
 * @param trigger what started it, where an event did
 * @param event the event that started it
 * @param submittedBy absent where Kedge itself did, or its operator
 */
public record RunView(
        String id,
        String namespace,
        String job,
        String queue,
        String state,
        int priority,
        @Nullable RawJson payload,
        Instant createdAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        int attempt,
        int failures,
        int losses,
        @Nullable String worker,
        @Nullable String deployment,
        @Nullable ProgressView progress,
        @Nullable Instant progressAt,
        @Nullable Instant cancelRequestedAt,
        @Nullable String cancelRequestedBy,
        @Nullable RawJson result,
        @Nullable FailureView failure,
        @Nullable String cancelReason,
        @Nullable String key,
        @Nullable Instant expiresAt,
        @Nullable Integer maxAttempts,
        @Nullable String timeout,
        List<String> tags,
        @Nullable RawJson metadata,
        @Nullable String origin,
        @Nullable String parent,
        @Nullable String trigger,
        @Nullable String event,
        @Nullable String concurrencyKey,
        @Nullable String orderingKey,
        @Nullable SubmitterView submittedBy) {

    /**
     * Who submitted it, as was known then.
     *
     * @param role the name of the role that counted
     */
    public record SubmitterView(String principal, String role, @Nullable String email) {}

    /** How far the handler says it has come. */
    public record ProgressView(
            @Nullable Double percent,
            @Nullable Long processed,
            @Nullable Long total,
            @Nullable String message,
            @Nullable RawJson data) {}

    /**
     * @param code what kind of failure; stable
     * @param type the name of what was thrown
     */
    public record FailureView(
            String code, @Nullable String type, String message, @Nullable String stack) {}

    /** Whether nothing further will happen to it. */
    public boolean ended() {
        return switch (state) {
            case "completed", "failed", "cancelled" -> true;
            default -> false;
        };
    }
}
