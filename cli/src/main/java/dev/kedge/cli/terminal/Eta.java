package dev.kedge.cli.terminal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Guesses how long the rest takes from how long the part since the first sight took. */
final class Eta {

    private static final double PERCENT_MIN = 2;

    private double firstPercent = Double.NaN;
    private Duration first = Duration.ZERO;

    /** Null until there is something to go by. A percentage that falls begins anew. */
    @Nullable Duration after(double percent, Duration elapsed) {
        if (Double.isNaN(firstPercent) || percent < firstPercent) {
            firstPercent = percent;
            first = elapsed;
        }
        var done = percent - firstPercent;
        if (done < PERCENT_MIN) {
            return null;
        }
        var nanos = elapsed.minus(first).toNanos() * ((100 - percent) / done);
        return Duration.ofNanos((long) Math.max(0, nanos));
    }
}
