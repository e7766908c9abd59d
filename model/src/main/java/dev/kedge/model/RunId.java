package dev.kedge.model;

import java.time.Instant;
import java.util.UUID;

/**
 * Names a run: a UUIDv7 (RFC 9562, section 5.7), so that ids sort by the time they were made.
 *
 * @param value the UUID; its text form is the public one
 */
public record RunId(UUID value) implements Comparable<RunId> {

    /** Reads the public text form. Other spellings of a UUID are refused. */
    public static RunId parse(String text) {
        return new RunId(Ids.parse("a run", text));
    }

    /** When the id was made, to the millisecond, by the clock of the process that made it. */
    public Instant madeAt() {
        return Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16);
    }

    /** In the order of PostgreSQL's {@code uuid}: byte by byte, unsigned. */
    @Override
    public int compareTo(RunId other) {
        var high =
                Long.compareUnsigned(
                        value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
