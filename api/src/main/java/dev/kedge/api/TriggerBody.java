package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Lets a job be started.
 *
 * @param topic of the events that start it, one run for each
 * @param match what an event's payload must contain; any payload where left out
 */
public record TriggerBody(Kind kind, String topic, @Nullable RawJson match) {

    public static TriggerBody event(String topic, @Nullable RawJson match) {
        return new TriggerBody(Kind.EVENT, topic, match);
    }

    /** By what. */
    public enum Kind {
        EVENT
    }
}
