package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Lets a job be started, by events or by the clock.
 *
 * @param topic of the events that start it, one run for each; for {@code event} only
 * @param match what an event's payload must contain; any payload where left out
 * @param schedule a cron expression, a word like {@code @daily}, or {@code every 90s}; for {@code
 *     cron} only, like what follows
 * @param zone where the clock hangs that the schedule is read by; {@code UTC} where left out
 * @param overlap what becomes of a time while an earlier run has not ended; {@code skip} where left
 *     out
 * @param catchUp which of the times that were missed start a run all the same; {@code last} where
 *     left out
 * @param payload what each of its runs gets; an empty object where left out
 */
public record TriggerBody(
        Kind kind,
        @Nullable String topic,
        @Nullable RawJson match,
        @Nullable String schedule,
        @Nullable String zone,
        @Nullable OnOverlap overlap,
        @Nullable Missed catchUp,
        @Nullable RawJson payload) {

    public static TriggerBody event(String topic, @Nullable RawJson match) {
        return new TriggerBody(Kind.EVENT, topic, match, null, null, null, null, null);
    }

    public static TriggerBody cron(
            String schedule,
            @Nullable String zone,
            @Nullable OnOverlap overlap,
            @Nullable Missed catchUp,
            @Nullable RawJson payload) {
        return new TriggerBody(Kind.CRON, null, null, schedule, zone, overlap, catchUp, payload);
    }

    /** By what. */
    public enum Kind {
        EVENT,
        CRON
    }

    public enum OnOverlap {
        SKIP,
        ALLOW,
        QUEUE,
        CANCEL_RUNNING
    }

    public enum Missed {
        NONE,
        LAST,
        ALL
    }
}
