package dev.kedge.engine;

import dev.kedge.model.Topic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which event a run waits for: the first that is published from then on, on exactly this topic.
 *
 * @param match what the event's payload must contain, as PostgreSQL's {@code jsonb @>} has it: an
 *     object is contained in one that has the same fields with the same values, and perhaps others;
 *     null for any payload
 * @param timeout after which the wait ends without an event; null for never
 * @param name within the run; null for the topic
 */
public record EventWait(
        Topic topic, @Nullable Object match, @Nullable Duration timeout, @Nullable String name) {

    public static EventWait on(String topic) {
        return new EventWait(new Topic(topic), null, null, null);
    }

    public EventWait matching(Object other) {
        return new EventWait(topic, other, timeout, name);
    }

    public EventWait within(Duration limit) {
        return new EventWait(topic, match, limit, name);
    }

    public EventWait named(String other) {
        return new EventWait(topic, match, timeout, other);
    }
}
