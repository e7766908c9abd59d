package dev.kedge.model;

import java.time.Duration;

/** Refuses numbers and durations outside their bounds, naming the field. */
final class Bounds {

    private Bounds() {}

    static void check(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new KedgeException.Invalid(
                    field, "must be between %d and %d, got %d".formatted(min, max, value));
        }
    }

    static void check(String field, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new KedgeException.Invalid(
                    field,
                    "must be between %s and %s, got %s"
                            .formatted(
                                    Durations.format(min),
                                    Durations.format(max),
                                    Durations.format(value)));
        }
    }
}
