package dev.kedge.engine;

import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Payload;
import java.time.Duration;

/**
 * How a worker goes about its work.
 *
 * @param slots attempts carried out at once; 0 for an engine that only submits
 * @param beat how often the worker gives a sign of life
 * @param lease how long after its last sign of life a worker is taken for dead
 * @param poll how long a new run may go unnoticed when every doorbell fails
 * @param payloadBytesMax the largest payload or result that is taken
 */
public record EngineConfig(
        int slots, Duration beat, Duration lease, Duration poll, int payloadBytesMax) {

    public static final int SLOTS_MAX = 10_000;

    public static final EngineConfig DEFAULT =
            new EngineConfig(
                    64,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(1),
                    Payload.BYTES_MAX);

    public EngineConfig {
        if (slots < 0 || slots > SLOTS_MAX) {
            throw new KedgeException.Invalid(
                    "slots", "must be between 0 and %d, got %d".formatted(SLOTS_MAX, slots));
        }
        if (beat.isNegative() || beat.isZero() || lease.compareTo(beat.multipliedBy(3)) < 0) {
            throw new KedgeException.Invalid(
                    "lease",
                    "at least 3 beats of %s, got %s"
                            .formatted(Durations.format(beat), Durations.format(lease)));
        }
        if (poll.toMillis() < 10) {
            throw new KedgeException.Invalid("poll", "at least 10ms");
        }
    }

    public EngineConfig withSlots(int other) {
        return new EngineConfig(other, beat, lease, poll, payloadBytesMax);
    }

    /** Finds a dead worker within about two seconds, for the price of more heartbeats. */
    public EngineConfig withShortLease() {
        return new EngineConfig(
                slots, Duration.ofMillis(500), Duration.ofSeconds(2), poll, payloadBytesMax);
    }
}
