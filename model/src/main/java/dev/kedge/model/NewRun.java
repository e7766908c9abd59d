package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A submission: what is to be run, when, and how it differs from its job's policy.
 *
 * @param start when it becomes due
 * @param priority null for the job's
 * @param queue null for the job's
 * @param key business key, unique among the active runs of the job; null for none
 * @param expiresAt where it has not started by then, it is cancelled; null for never
 * @param maxAttempts null for the job's
 * @param timeout null for the job's
 * @param metadata a JSON object for the submitter's own use
 * @param origin the ended run that this one repeats, where it does
 * @param keys which other runs it shares limits or an order with
 */
public record NewRun(
        JobName job,
        Payload payload,
        Start start,
        @Nullable Integer priority,
        @Nullable QueueName queue,
        @Nullable String key,
        OnConflict onConflict,
        @Nullable Instant expiresAt,
        @Nullable Integer maxAttempts,
        @Nullable Duration timeout,
        List<String> tags,
        @Nullable Payload metadata,
        @Nullable RunId origin,
        LimitKeys keys) {

    public static final int KEY_CHARS_MAX = 256;
    public static final int TAGS_MAX = 20;
    public static final int TAG_CHARS_MAX = 100;
    public static final int METADATA_BYTES_MAX = 16 << 10;
    public static final Duration DELAY_MAX = Duration.ofDays(3_660);

    /** When a run becomes due, by the database's clock. */
    public sealed interface Start {
        record Now() implements Start {}

        record After(Duration delay) implements Start {
            public After {
                Bounds.check("delay", delay, Duration.ZERO, DELAY_MAX);
            }
        }

        record At(Instant time) implements Start {
            public At {
                Bounds.check("runAt", time);
            }
        }

        Start NOW = new Now();
    }

    public NewRun {
        tags = List.copyOf(tags);
        if (priority != null) {
            JobPolicy.checkPriority(priority);
        }
        if (maxAttempts != null) {
            Bounds.check("maxAttempts", maxAttempts, 1, RetryPolicy.ATTEMPTS_MAX);
        }
        if (timeout != null) {
            Bounds.check("timeout", timeout, Duration.ofMillis(1), JobPolicy.TIMEOUT_MAX);
        }
        if (expiresAt != null) {
            Bounds.check("expiresAt", expiresAt);
        }
        if (key != null) {
            Texts.check("key", key, KEY_CHARS_MAX);
        }
        Bounds.check("tags", tags.size(), 0, TAGS_MAX);
        tags.forEach(tag -> Texts.check("tags", tag, TAG_CHARS_MAX));
        if (metadata != null) {
            metadata.atMost(METADATA_BYTES_MAX, "metadata");
        }
    }

    /** A plain run of {@code job}, due at once. */
    public static NewRun of(JobName job, Payload payload) {
        return new NewRun(
                job,
                payload,
                Start.NOW,
                null,
                null,
                null,
                OnConflict.REJECT,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                LimitKeys.NONE);
    }

    public NewRun starting(Start other) {
        return new NewRun(
                job,
                payload,
                other,
                priority,
                queue,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                metadata,
                origin,
                keys);
    }

    public NewRun after(Duration delay) {
        return starting(new Start.After(delay));
    }

    public NewRun at(Instant time) {
        return starting(new Start.At(time));
    }

    public NewRun withPriority(int other) {
        return new NewRun(
                job,
                payload,
                start,
                other,
                queue,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                metadata,
                origin,
                keys);
    }

    public NewRun inQueue(QueueName other) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                other,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                metadata,
                origin,
                keys);
    }

    /** At most one active run of the job may have this key. */
    public NewRun unique(String businessKey, OnConflict otherwise) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                queue,
                businessKey,
                otherwise,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                metadata,
                origin,
                keys);
    }

    public NewRun expiring(Instant time) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                queue,
                key,
                onConflict,
                time,
                maxAttempts,
                timeout,
                tags,
                metadata,
                origin,
                keys);
    }

    public NewRun withTags(List<String> others) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                queue,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                others,
                metadata,
                origin,
                keys);
    }

    public NewRun withMetadata(Payload object) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                queue,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                object,
                origin,
                keys);
    }

    public NewRun repeating(RunId ended) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                queue,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                metadata,
                ended,
                keys);
    }

    /** Shares the job's limits per key with the runs that have the same key. */
    public NewRun withConcurrencyKey(String other) {
        return with(new LimitKeys(other, keys.ordering()));
    }

    /** Begins only when every run with the same key that was submitted before it has ended. */
    public NewRun withOrderingKey(String other) {
        return with(new LimitKeys(keys.concurrency(), other));
    }

    private NewRun with(LimitKeys others) {
        return new NewRun(
                job,
                payload,
                start,
                priority,
                queue,
                key,
                onConflict,
                expiresAt,
                maxAttempts,
                timeout,
                tags,
                metadata,
                origin,
                others);
    }
}
