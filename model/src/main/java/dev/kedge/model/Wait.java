package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an operation of a run waits for. */
public sealed interface Wait {

    Duration MAX = Duration.ofDays(366);
    int MATCH_BYTES_MAX = 16 << 10;

    EntryKind kind();

    /** A stretch of time, from the moment the wait is written down. */
    record For(Duration duration) implements Wait {
        public For {
            Bounds.check("duration", duration, Duration.ZERO, MAX);
        }

        @Override
        public EntryKind kind() {
            return EntryKind.SLEEP;
        }
    }

    /** A point in time. */
    record Until(Instant time) implements Wait {
        public Until {
            Bounds.check("time", time);
        }

        @Override
        public EntryKind kind() {
            return EntryKind.SLEEP;
        }
    }

    /**
     * An event that is published from now on.
     *
     * @param match a JSON value that the event's payload must contain; null for any payload
     * @param timeout after which the wait is over without an event; null for never
     */
    record ForEvent(Topic topic, @Nullable Payload match, @Nullable Duration timeout)
            implements Wait {
        public ForEvent {
            if (match != null) {
                match.atMost(MATCH_BYTES_MAX, "match");
            }
            if (timeout != null) {
                Bounds.check("timeout", timeout, Duration.ZERO, MAX);
            }
        }

        @Override
        public EntryKind kind() {
            return EntryKind.WAIT;
        }
    }

    /** The end of a run that is submitted together with the wait. */
    record ForChild(NewRun child) implements Wait {
        @Override
        public EntryKind kind() {
            return EntryKind.INVOKE;
        }
    }
}
