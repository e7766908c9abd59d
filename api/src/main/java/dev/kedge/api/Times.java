package dev.kedge.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Points in time as they are written on the wire. */
public final class Times {

    /** What is said where something else stands. */
    public static final String WANTED =
            "a time is written like 2026-03-01T12:00:00Z, between the years 0001 and 9999";

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Times() {}

    /**
     * Reads a time as RFC 3339 writes it.
     *
     * @throws DateTimeException it is none, or one that PostgreSQL could not keep; the message says
     *     what is wanted
     */
    public static Instant parse(String text) {
        try {
            var time = OffsetDateTime.parse(text).toInstant();
            if (!time.isBefore(FIRST) && !time.isAfter(LAST)) {
                return time;
            }
        } catch (DateTimeException notOne) {
            throw new DateTimeException(WANTED, notOne);
        }
        throw new DateTimeException(WANTED);
    }
}
