package dev.kedge.engine;

import dev.kedge.model.EventId;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import java.time.Instant;

/** An event that a run waited for. */
public final class ReceivedEvent {

    private final EventId id;
    private final Topic topic;
    private final Instant publishedAt;
    private final Payload payload;
    private final JacksonCodec codec;

    ReceivedEvent(
            EventId id, Topic topic, Instant publishedAt, Payload payload, JacksonCodec codec) {
        this.id = id;
        this.topic = topic;
        this.publishedAt = publishedAt;
        this.payload = payload;
        this.codec = codec;
    }

    public EventId id() {
        return id;
    }

    public Topic topic() {
        return topic;
    }

    /** By the database's clock. */
    public Instant publishedAt() {
        return publishedAt;
    }

    public Payload payload() {
        return payload;
    }

    /** The payload, read from JSON. */
    public <T> T payload(Class<T> type) {
        return codec.decode(payload, type);
    }
}
