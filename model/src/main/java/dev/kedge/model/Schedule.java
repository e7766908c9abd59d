package dev.kedge.model;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When something is due again and again: a cron expression in a time zone, or a fixed interval.
 *
 * <p>Where clocks change, this holds. An expression that names times of day ({@code 30 2 * * *}) is
 * due once on each of its days: at the first valid instant after a gap if its time falls into one,
 * and the first time if its time comes twice. An expression that means a rhythm, because its
 * second, minute or hour has a {@code *} or a step ({@code *}{@code /15 * * * *}), goes on by the
 * clock: it is due at every instant that the clock shows a time of it, twice where a time comes
 * twice, and not at times that there are not.
 */
public sealed interface Schedule {

    int ZONE_CHARS_MAX = 64;
    Duration EVERY_MIN = Duration.ofSeconds(1);
    Duration EVERY_MAX = Duration.ofDays(366);

    /** How a clock change moved a due time, or did not. */
    enum Shift {
        NONE,
        /** The time that was meant does not exist on that day. */
        PUT_OFF,
        /** The time that was meant comes twice on that day; this is the first. */
        FIRST_OF_TWO,
        /** The same for the second. */
        SECOND_OF_TWO
    }

    /**
     * An instant at which a schedule is due.
     *
     * @param meant the time that was meant, by the clocks of the zone
     */
    record Slot(Instant at, LocalDateTime meant, Shift shift) {}

    /** What {@link #parse} reads. */
    String text();

    ZoneId zone();

    /** The first slot after an instant; null where none comes for decades. */
    @Nullable Slot after(Instant instant);

    /**
     * Reads a cron expression, a word like {@code @daily}, or {@code every 90s}.
     *
     * @param zone where the clock hangs that a cron expression is read by
     * @throws KedgeException.Invalid it is none; the place of the fault is named
     */
    static Schedule parse(String text, ZoneId zone) {
        var words = text.strip().split("\\s+", 2);
        return words[0].toLowerCase(Locale.ROOT).equals("every") && words.length == 2
                ? new Every(text.strip(), Durations.parse("schedule", words[1]), zone)
                : new Cron(text.strip(), CronText.parse("schedule", text), zone);
    }

    /**
     * The zone of that name.
     *
     * @throws KedgeException.Invalid there is none
     */
    static ZoneId zone(String name) {
        Bounds.check("zone", name.length(), 1, ZONE_CHARS_MAX);
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw new KedgeException.Invalid(
                    "zone",
                    "there is no time zone '%s'; did you mean '%s'?"
                            .formatted(name, Nearest.to(name, ZoneId.getAvailableZoneIds())));
        }
    }

    /** At the multiples of an interval, counted from the beginning of 1970 in UTC. */
    record Every(String text, Duration interval, ZoneId zone) implements Schedule {

        public Every {
            Bounds.check("schedule", interval, EVERY_MIN, EVERY_MAX);
            if (interval.toNanosPart() != 0) {
                throw new KedgeException.Invalid("schedule", "an interval has whole seconds");
            }
        }

        @Override
        public Slot after(Instant instant) {
            var seconds = interval.toSeconds();
            var at =
                    Instant.ofEpochSecond(
                            (Math.floorDiv(instant.getEpochSecond(), seconds) + 1) * seconds);
            return new Slot(at, LocalDateTime.ofInstant(at, zone), Shift.NONE);
        }
    }

    /** At the times of a cron expression. */
    final class Cron implements Schedule {

        private final String text;
        private final CronExpression expression;
        private final ZoneId zone;

        private Cron(String text, CronExpression expression, ZoneId zone) {
            this.text = text;
            this.expression = expression;
            this.zone = zone;
        }

        @Override
        public String text() {
            return text;
        }

        @Override
        public ZoneId zone() {
            return zone;
        }

        @Override
        public @Nullable Slot after(Instant instant) {
            return expression.isSteady() ? byTheClock(instant) : byName(instant);
        }

        private @Nullable Slot byName(Instant instant) {
            var meant = expression.atOrAfter(secondAfter(LocalDateTime.ofInstant(instant, zone)));
            while (meant != null) {
                var slot = named(meant);
                if (slot.at().isAfter(instant)) {
                    return slot;
                }
                meant = expression.atOrAfter(secondAfter(meant));
            }
            return null;
        }

        private Slot named(LocalDateTime meant) {
            var change = zone.getRules().getTransition(meant);
            if (change == null) {
                var offset = zone.getRules().getOffset(meant);
                return new Slot(meant.toInstant(offset), meant, Shift.NONE);
            }
            return change.isGap()
                    ? new Slot(change.getInstant(), meant, Shift.PUT_OFF)
                    : new Slot(
                            meant.toInstant(change.getOffsetBefore()), meant, Shift.FIRST_OF_TWO);
        }

        /** From one clock change to the next, the clock runs evenly. */
        private @Nullable Slot byTheClock(Instant instant) {
            var rules = zone.getRules();
            var from = instant.plusNanos(1);
            while (true) {
                var offset = rules.getOffset(from);
                var meant = expression.atOrAfter(LocalDateTime.ofInstant(from, offset));
                if (meant == null) {
                    return null;
                }
                var at = meant.toInstant(offset);
                var change = rules.nextTransition(from);
                if (change == null || at.isBefore(change.getInstant())) {
                    return new Slot(at, meant, shift(meant, offset));
                }
                from = change.getInstant();
            }
        }

        private Shift shift(LocalDateTime meant, ZoneOffset offset) {
            var change = zone.getRules().getTransition(meant);
            if (change == null || change.isGap()) {
                return Shift.NONE;
            }
            return offset.equals(change.getOffsetBefore())
                    ? Shift.FIRST_OF_TWO
                    : Shift.SECOND_OF_TWO;
        }

        private static LocalDateTime secondAfter(LocalDateTime time) {
            return time.withNano(0).plusSeconds(1);
        }

        @Override
        public String toString() {
            return text + " in " + zone;
        }
    }
}
