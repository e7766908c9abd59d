package dev.kedge.model;

import java.time.Instant;

/**
 * One line that an attempt wrote.
 *
 * @param position where it stands among the lines of its run
 * @param at when it was stored, by the database's clock
 */
public record LogLine(Position position, int attempt, Instant at, LogLevel level, String message) {

    public static final int MESSAGE_CHARS_MAX = 8_192;

    /** A message as it is kept: without NUL, and cut where it is too long. */
    public static String kept(String message) {
        return Texts.kept(message, MESSAGE_CHARS_MAX);
    }

    /**
     * Lines sort by lease and then by number, so that a reader who stopped at one line misses none
     * that came after it.
     */
    public record Position(long epoch, int line) implements Comparable<Position> {

        public static final Position START = new Position(0, 0);

        @Override
        public int compareTo(Position other) {
            var byEpoch = Long.compare(epoch, other.epoch);
            return byEpoch != 0 ? byEpoch : Integer.compare(line, other.line);
        }
    }
}
