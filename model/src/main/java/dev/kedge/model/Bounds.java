package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;

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

    /** The times that every database and client can hold. */
    private static final Instant TIME_MIN = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59Z");

    static void check(String field, Instant value) {
        if (value.isBefore(TIME_MIN) || value.isAfter(TIME_MAX)) {
            throw new KedgeException.Invalid(field, "must lie between the years 1970 and 9999");
        }
    }
}
