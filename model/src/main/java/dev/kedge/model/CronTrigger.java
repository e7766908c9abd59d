package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Starts a run of a job whenever a schedule is due.
 *
 * @param isDeclared whether it came with the job's definition, and goes with it
 * @param nextAt when it is due next; null while it is disabled
 */
public record CronTrigger(
        TriggerId id,
        JobName job,
        Timetable timetable,
        boolean isDeclared,
        boolean enabled,
        Instant createdAt,
        @Nullable Instant lastTriggeredAt,
        @Nullable Instant nextAt)
        implements Trigger {

    /**
     * When, and how.
     *
     * @param payload what each of its runs gets, at most {@link #PAYLOAD_BYTES_MAX}
     */
    public record Timetable(Schedule schedule, Overlap overlap, CatchUp catchUp, Payload payload) {

        /** It is stored again with each run. */
        public static final int PAYLOAD_BYTES_MAX = 64 << 10;

        public Timetable {
            payload.atMost(PAYLOAD_BYTES_MAX, "payload");
        }

        /** Skips what overlaps, makes up for the last slot that was missed, gives {@code {}}. */
        public static Timetable of(Schedule schedule) {
            return new Timetable(schedule, Overlap.SKIP, CatchUp.LAST, Payload.ofJson("{}"));
        }

        public Timetable with(Overlap other) {
            return new Timetable(schedule, other, catchUp, payload);
        }

        public Timetable with(CatchUp other) {
            return new Timetable(schedule, overlap, other, payload);
        }

        public Timetable with(Payload other) {
            return new Timetable(schedule, overlap, catchUp, other);
        }
    }
}
