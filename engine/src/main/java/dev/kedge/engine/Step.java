package dev.kedge.engine;

import dev.kedge.model.Backoff;
import dev.kedge.model.Path;
import dev.kedge.model.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step is called, and how it is treated.
 *
 * @param name stable from attempt to attempt, unique within the run together with the key
 * @param key tells the turns of a loop apart; null where the name is enough
 * @param retry how often the step itself is tried, one attempt of the run long. Between tries the
 *     run keeps its slot; for long pauses let the run's own retries do it
 */
public record Step(String name, @Nullable String key, RetryPolicy retry) {

    /** One try; a failure is the run's to retry. */
    public static final RetryPolicy ONCE =
            new RetryPolicy(1, new Backoff.Table(List.of(Duration.ZERO)), 0);

    public static Step named(String name) {
        return new Step(name, null, ONCE);
    }

    /** The same step for one of many: {@code Step.named("charge").keyed(i)}. */
    public Step keyed(Object other) {
        return new Step(name, String.valueOf(other), retry);
    }

    public Step retrying(RetryPolicy policy) {
        return new Step(name, key, policy);
    }

    Path path() {
        return Path.of(name, key);
    }

    /**
     * The code of a step.
     *
     * <p>It gets the step's effect key: the same on every try of every attempt, and another for
     * every other step. Sent along with an effect (an {@code Idempotency-Key}), it lets the
     * receiver tell a repetition from a new request.
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        T run(String effectKey) throws Exception;
    }

    /** The code of a step that returns nothing. */
    @FunctionalInterface
    public interface Action {
        void run(String effectKey) throws Exception;
    }
}
