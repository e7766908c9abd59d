package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * Submits many runs.
 *
 * @param atomic all or none; each for itself where left out
 */
public record BatchBody(
        @Nullable Boolean atomic, @JsonDeserialize(using = ItemsReader.class) List<Item> items) {

    public static final int ITEMS_MAX = 10_000;

    /** A {@link RunBody} that says its job. */
    public record Item(
            String job,
            @Nullable RawJson payload,
            @Nullable Integer priority,
            @Nullable Instant runAt,
            @Nullable String delay,
            @Nullable String queue,
            @Nullable String key,
            RunBody.@Nullable OnTaken onConflict,
            @Nullable Instant expiresAt,
            @Nullable Integer maxAttempts,
            @Nullable String timeout,
            @Nullable List<String> tags,
            @Nullable RawJson metadata,
            @Nullable String concurrencyKey,
            @Nullable String orderingKey) {

        public static Item of(String job, RunBody run) {
            return new Item(
                    job,
                    run.payload(),
                    run.priority(),
                    run.runAt(),
                    run.delay(),
                    run.queue(),
                    run.key(),
                    run.onConflict(),
                    run.expiresAt(),
                    run.maxAttempts(),
                    run.timeout(),
                    run.tags(),
                    run.metadata(),
                    run.concurrencyKey(),
                    run.orderingKey());
        }

        /** The same without the job. */
        public RunBody run() {
            return new RunBody(
                    payload,
                    priority,
                    runAt,
                    delay,
                    queue,
                    key,
                    onConflict,
                    expiresAt,
                    maxAttempts,
                    timeout,
                    tags,
                    metadata,
                    concurrencyKey,
                    orderingKey,
                    null);
        }
    }
}
