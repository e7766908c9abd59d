package dev.kedge.cli.terminal;

import java.time.Duration;

/** Text that came from elsewhere, made fit for a line of a terminal. */
public final class Texts {

    private Texts() {}

    /**
     * One line without control characters: what a run's message says must not move the cursor,
     * change colours or fake further lines.
     */
    public static String line(String text) {
        var safe = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\n' || c == '\t' || c == '\r' ? ' ' : c)
                .map(c -> Character.isISOControl(c) ? '\uFFFD' : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }

    /** The same, but with its line breaks and tabs. */
    public static String lines(String text) {
        var safe = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c != '\r')
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }

    /** At most {@code columns} characters, the last an ellipsis where something is missing. */
    public static String fit(String text, int columns) {
        if (text.codePointCount(0, text.length()) <= columns) {
            return text;
        }
        return columns < 1 ? "" : text.substring(0, text.offsetByCodePoints(0, columns - 1)) + "…";
    }

    static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Two units at most, as one says it: {@code 4s}, {@code 2m 5s}, {@code 3h 10m}, {@code 2d}. */
    public static String span(Duration duration) {
        var seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        } else if (seconds < 3_600) {
            return two(seconds / 60, "m", seconds % 60, "s");
        } else if (seconds < 86_400) {
            return two(seconds / 3_600, "h", seconds / 60 % 60, "m");
        }
        return two(seconds / 86_400, "d", seconds / 3_600 % 24, "h");
    }

    private static String two(long large, String unit, long small, String smallUnit) {
        return small == 0 ? large + unit : large + unit + " " + small + smallUnit;
    }
}
