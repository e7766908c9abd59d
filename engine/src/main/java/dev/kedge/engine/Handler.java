package dev.kedge.engine;

import dev.kedge.model.Outcome;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * User code for a job, in its plainest form: one call is one attempt, on a thread of its own.
 *
 * <p>An interrupt means: stop now, the attempt is over (it timed out, was stopped by force, lost
 * its lease, or the worker is shutting down). What is returned or thrown after that is ignored.
 * Whatever else is thrown becomes {@link Outcome.Failed}.
 */
@FunctionalInterface
public interface Handler {

    Outcome handle(RunContext context) throws Exception;

    /** A typed handler: the payload is read from JSON, and what {@code body} returns written so. */
    static <P> Handler of(
            Class<P> payload, BiFunction<P, RunContext, ? extends @Nullable Object> body) {
        return JacksonCodec.SHARED.handler(payload, body);
    }
}
