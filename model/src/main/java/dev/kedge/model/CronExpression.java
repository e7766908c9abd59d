package dev.kedge.model;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which times of a calendar a cron expression means; it knows of no time zone. See {@link CronText}
 * for what may be written.
 *
 * @param isSteady whether its time of day has a {@code *} or a step: then it means a rhythm, and
 *     otherwise times that have a name
 */
record CronExpression(
        BitSet seconds, BitSet minutes, BitSet hours, BitSet months, Days days, boolean isSteady) {

    /** Leap days on a certain weekday come again after at most so many years. */
    private static final int YEARS_MAX = 41;

    /**
     * Which days.
     *
     * @param ofMonth one of these must fit
     * @param ofWeek one of these must fit
     * @param either whether it is enough that one of the two lists fits
     */
    record Days(List<Day> ofMonth, List<Day> ofWeek, boolean either) {

        boolean contains(LocalDate date) {
            var fitsMonth = ofMonth.stream().anyMatch(day -> day.is(date));
            var fitsWeek = ofWeek.stream().anyMatch(day -> day.is(date));
            return either ? fitsMonth || fitsWeek : fitsMonth && fitsWeek;
        }
    }

    /** What one item of a list of days means. */
    sealed interface Day {

        boolean is(LocalDate date);

        /** Some days of the month, 1 to 31. */
        record OfMonth(BitSet numbers) implements Day {
            @Override
            public boolean is(LocalDate date) {
                return numbers.get(date.getDayOfMonth());
            }
        }

        /** So many days before the month's last one. */
        record BeforeLast(int days) implements Day {
            @Override
            public boolean is(LocalDate date) {
                return date.getDayOfMonth() == date.lengthOfMonth() - days;
            }
        }

        /** The weekday nearest to a day, in the same month. */
        record Weekday(int number) implements Day {
            @Override
            public boolean is(LocalDate date) {
                return number <= date.lengthOfMonth()
                        && date.equals(nearest(date.withDayOfMonth(number)));
            }
        }

        /** The last weekday of the month. */
        record LastWeekday() implements Day {
            @Override
            public boolean is(LocalDate date) {
                return date.equals(nearest(date.withDayOfMonth(date.lengthOfMonth())));
            }
        }

        /** Some days of the week, 0 (Sunday) to 6. */
        record OfWeek(BitSet numbers) implements Day {
            @Override
            public boolean is(LocalDate date) {
                return numbers.get(weekday(date));
            }
        }

        /** The last one of its kind in the month. */
        record LastOfWeek(int number) implements Day {
            @Override
            public boolean is(LocalDate date) {
                return weekday(date) == number
                        && date.getDayOfMonth() > date.lengthOfMonth() - DayOfWeek.values().length;
            }
        }

        /** The first to fifth one of its kind in the month. */
        record NthOfWeek(int number, int nth) implements Day {
            @Override
            public boolean is(LocalDate date) {
                return weekday(date) == number
                        && (date.getDayOfMonth() - 1) / DayOfWeek.values().length + 1 == nth;
            }
        }

        private static int weekday(LocalDate date) {
            return date.getDayOfWeek().getValue() % DayOfWeek.values().length;
        }

        private static LocalDate nearest(LocalDate day) {
            return switch (day.getDayOfWeek()) {
                case SATURDAY -> day.getDayOfMonth() == 1 ? day.plusDays(2) : day.minusDays(1);
                case SUNDAY ->
                        day.getDayOfMonth() == day.lengthOfMonth()
                                ? day.minusDays(2)
                                : day.plusDays(1);
                default -> day;
            };
        }
    }

    /** The first such time that is not before {@code from}; null where none comes. */
    @Nullable LocalDateTime atOrAfter(LocalDateTime from) {
        var whole = from.truncatedTo(ChronoUnit.SECONDS);
        var earliest = whole.equals(from) ? whole : whole.plusSeconds(1);
        var end = earliest.toLocalDate().plusYears(YEARS_MAX);
        var date = earliest.toLocalDate();
        while (date.isBefore(end)) {
            if (!months.get(date.getMonthValue())) {
                date = date.withDayOfMonth(1).plusMonths(1);
                continue;
            }
            if (days.contains(date)) {
                var time = atOrAfter(timeOf(earliest, date));
                if (time != null) {
                    return date.atTime(time);
                }
            }
            date = date.plusDays(1);
        }
        return null;
    }

    private static LocalTime timeOf(LocalDateTime earliest, LocalDate date) {
        return date.equals(earliest.toLocalDate()) ? earliest.toLocalTime() : LocalTime.MIDNIGHT;
    }

    private @Nullable LocalTime atOrAfter(LocalTime from) {
        var second = seconds.nextSetBit(from.getSecond());
        if (hours.get(from.getHour()) && minutes.get(from.getMinute()) && second >= 0) {
            return from.withSecond(second);
        }
        var minute = minutes.nextSetBit(from.getMinute() + 1);
        if (hours.get(from.getHour()) && minute >= 0) {
            return LocalTime.of(from.getHour(), minute, seconds.nextSetBit(0));
        }
        var hour = hours.nextSetBit(from.getHour() + 1);
        return hour < 0 ? null : LocalTime.of(hour, minutes.nextSetBit(0), seconds.nextSetBit(0));
    }
}
