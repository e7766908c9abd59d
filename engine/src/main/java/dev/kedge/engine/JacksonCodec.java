package dev.kedge.engine;

import dev.kedge.model.EventId;
import dev.kedge.model.Failure;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Maps typed payloads, results and outputs from and to JSON. For use by any thread. */
final class JacksonCodec {

    static final JacksonCodec SHARED = new JacksonCodec();

    private final JsonMapper mapper = JsonMapper.builder().build();

    Payload encode(@Nullable Object value) {
        return Payload.ofJson(mapper.writeValueAsBytes(value));
    }

    /** A handler that gets its payload as a {@code P}, and whose result is written as JSON. */
    <P> Handler handler(Class<P> type, BiFunction<P, RunContext, ? extends @Nullable Object> body) {
        return context -> {
            P payload;
            try {
                payload = mapper.readValue(context.payload().bytes(), type);
            } catch (JacksonException unreadable) {
                // The payload will not get better: no further attempt can mend this.
                return new Outcome.FailedForGood(
                        new Failure(
                                Failure.Code.HANDLER_FAILED,
                                unreadable.getClass().getName(),
                                "the payload is no %s: %s"
                                        .formatted(
                                                type.getSimpleName(),
                                                unreadable.getOriginalMessage()),
                                null));
            }
            return succeeded(body.apply(payload, context));
        };
    }

    private Outcome succeeded(@Nullable Object result) {
        try {
            return new Outcome.Succeeded(encode(result));
        } catch (JacksonException unwritable) {
            return new Outcome.Failed(
                    Failure.of(
                            Failure.Code.BAD_RESULT,
                            "the result cannot be written as JSON: "
                                    + unwritable.getOriginalMessage()));
        }
    }

    /** The event that a wait came to, as the store wrote it. */
    ReceivedEvent event(Payload output) {
        var event = mapper.readTree(output.bytes());
        return new ReceivedEvent(
                new EventId(UUID.fromString(event.path("id").asString())),
                new Topic(event.path("topic").asString()),
                Instant.parse(event.path("publishedAt").asString()),
                Payload.ofJson(mapper.writeValueAsBytes(event.path("payload"))),
                this);
    }

    <T> T decode(Payload payload, Class<T> type) {
        return mapper.readValue(payload.bytes(), type);
    }
}
