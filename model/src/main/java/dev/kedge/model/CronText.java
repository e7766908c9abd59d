package dev.kedge.model;

import dev.kedge.model.CronExpression.Day;
import dev.kedge.model.CronExpression.Days;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads cron expressions: five fields (minute, hour, day of the month, month, day of the week), or
 * six with the second first.
 *
 * <p>A field is a list of numbers, names ({@code JAN}, {@code MON}), ranges ({@code 9-17}) and
 * steps ({@code *}{@code /15}, {@code 10/5}, {@code 0-30/10}). Sunday is 0 or 7. Days of the month
 * may be {@code L} (the last), {@code L-3}, {@code 15W} (the weekday nearest to the 15th) and
 * {@code LW}; days of the week {@code 5L} (the last Friday) and {@code 5#2} (the second Friday).
 * Where neither kind of day begins with {@code *}, it is enough that one of them fits, as in every
 * cron.
 */
final class CronText {

    private static final int CHARS_MAX = 200;
    private static final Pattern FIELD = Pattern.compile("\\S+");
    private static final Pattern ITEM = Pattern.compile("[^,]*");
    private static final Pattern RANGE =
            Pattern.compile("(\\*|\\?|[0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?(?:/([0-9]+))?");
    private static final Pattern BEFORE_LAST = Pattern.compile("L(?:-([0-9]{1,2}))?");
    private static final Pattern WEEKDAY = Pattern.compile("([0-9]{1,2})W");
    private static final Pattern LAST_OF_WEEK = Pattern.compile("([0-7]|[A-Z]{3})L");
    private static final Pattern NTH_OF_WEEK = Pattern.compile("([0-7]|[A-Z]{3})#([0-9])");
    private static final int FIELDS = 5;
    private static final int SUNDAY_TOO = 7;
    private static final int WEEKS_MAX = 5;
    private static final int BEFORE_LAST_MAX = 30;

    private static final Map<String, String> WORDS =
            Map.of(
                    "@yearly", "0 0 1 1 *",
                    "@annually", "0 0 1 1 *",
                    "@monthly", "0 0 1 * *",
                    "@weekly", "0 0 * * 0",
                    "@daily", "0 0 * * *",
                    "@midnight", "0 0 * * *",
                    "@hourly", "0 * * * *");

    private static final List<String> MONTHS =
            List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");
    private static final List<String> WEEK =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    /** What a field may contain. */
    private enum Kind {
        SECOND(0, 59),
        MINUTE(0, 59),
        HOUR(0, 23),
        DAY(1, 31),
        MONTH(1, 12),
        WEEKDAY(0, SUNDAY_TOO);

        private final int least;
        private final int most;

        Kind(int least, int most) {
            this.least = least;
            this.most = most;
        }

        List<String> names() {
            return switch (this) {
                case MONTH -> MONTHS;
                case WEEKDAY -> WEEK;
                case SECOND, MINUTE, HOUR, DAY -> List.of();
            };
        }

        String word() {
            return switch (this) {
                case SECOND -> "second";
                case MINUTE -> "minute";
                case HOUR -> "hour";
                case DAY -> "day of the month";
                case MONTH -> "month";
                case WEEKDAY -> "day of the week";
            };
        }

        boolean hasQuestionMark() {
            return this == DAY || this == WEEKDAY;
        }
    }

    /** A part of the text, and where it begins. */
    private record Part(String text, int at) {}

    private final String field;
    private final String text;

    private CronText(String field, String text) {
        this.field = field;
        this.text = text;
    }

    /** Reads {@code text}; {@code field} is named, with the place of the fault, if it is none. */
    static CronExpression parse(String field, String text) {
        Bounds.check(field, text.length(), 1, CHARS_MAX);
        var meant = text.strip().startsWith("@") ? meaning(field, text.strip()) : text;
        return new CronText(field, meant).read();
    }

    private static String meaning(String field, String word) {
        var meaning = WORDS.get(word.toLowerCase(Locale.ROOT));
        if (meaning == null) {
            throw new KedgeException.Invalid(
                    field,
                    "there is no '%s'; did you mean '%s'?"
                            .formatted(word, Nearest.to(word, WORDS.keySet())));
        }
        return meaning;
    }

    private CronExpression read() {
        var parts = parts(FIELD, new Part(text, 0));
        if (parts.size() != FIELDS && parts.size() != FIELDS + 1) {
            throw new KedgeException.Invalid(
                    field,
                    "a cron expression has 5 fields (minute, hour, day, month, weekday), or 6 with"
                            + " the second first; got %d".formatted(parts.size()));
        }
        var timed = parts.size() > FIELDS ? parts : withSecond(parts);
        var seconds = timed.get(0);
        var minutes = timed.get(1);
        var hours = timed.get(2);
        var daysOfMonth = timed.get(3);
        var daysOfWeek = timed.get(5);
        var expression =
                new CronExpression(
                        numbers(Kind.SECOND, seconds),
                        numbers(Kind.MINUTE, minutes),
                        numbers(Kind.HOUR, hours),
                        numbers(Kind.MONTH, timed.get(4)),
                        new Days(
                                days(Kind.DAY, daysOfMonth),
                                days(Kind.WEEKDAY, daysOfWeek),
                                isRestricted(daysOfMonth) && isRestricted(daysOfWeek)),
                        isSteady(seconds) || isSteady(minutes) || isSteady(hours));
        if (expression.atOrAfter(LocalDateTime.of(2020, 1, 1, 0, 0)) == null) {
            throw new KedgeException.Invalid(field, "'%s' never comes".formatted(text));
        }
        return expression;
    }

    private static List<Part> withSecond(List<Part> parts) {
        var timed = new ArrayList<Part>();
        timed.add(new Part("0", 0));
        timed.addAll(parts);
        return timed;
    }

    private static boolean isRestricted(Part days) {
        return !days.text().startsWith("*") && !days.text().startsWith("?");
    }

    private static boolean isSteady(Part time) {
        return time.text().contains("*") || time.text().contains("/");
    }

    private static List<Part> parts(Pattern pattern, Part whole) {
        var parts = new ArrayList<Part>();
        var match = pattern.matcher(whole.text());
        var end = -1;
        while (match.find()) {
            if (match.start() > end || parts.isEmpty()) {
                parts.add(new Part(match.group(), whole.at() + match.start()));
            }
            end = match.end();
        }
        return parts;
    }

    private BitSet numbers(Kind kind, Part list) {
        var numbers = new BitSet();
        for (var item : parts(ITEM, list)) {
            numbers.or(range(kind, item));
        }
        return numbers;
    }

    private List<Day> days(Kind kind, Part list) {
        var days = new ArrayList<Day>();
        for (var item : parts(ITEM, list)) {
            days.add(kind == Kind.DAY ? dayOfMonth(item) : dayOfWeek(item));
        }
        return days;
    }

    private Day dayOfMonth(Part item) {
        var word = item.text().toUpperCase(Locale.ROOT);
        if (word.equals("LW")) {
            return new Day.LastWeekday();
        }
        var last = BEFORE_LAST.matcher(word);
        if (last.matches()) {
            var days = last.group(1) == null ? 0 : Integer.parseInt(last.group(1));
            return new Day.BeforeLast(within(days, 0, BEFORE_LAST_MAX, item));
        }
        var weekday = WEEKDAY.matcher(word);
        return weekday.matches()
                ? new Day.Weekday(
                        within(
                                Integer.parseInt(weekday.group(1)),
                                Kind.DAY.least,
                                Kind.DAY.most,
                                item))
                : new Day.OfMonth(range(Kind.DAY, item));
    }

    private Day dayOfWeek(Part item) {
        var word = item.text().toUpperCase(Locale.ROOT);
        var last = LAST_OF_WEEK.matcher(word);
        if (last.matches()) {
            return new Day.LastOfWeek(weekday(last, item));
        }
        var nth = NTH_OF_WEEK.matcher(word);
        if (nth.matches()) {
            return new Day.NthOfWeek(
                    weekday(nth, item), within(Integer.parseInt(nth.group(2)), 1, WEEKS_MAX, item));
        }
        var numbers = range(Kind.WEEKDAY, item);
        if (numbers.get(SUNDAY_TOO)) {
            numbers.clear(SUNDAY_TOO);
            numbers.set(0);
        }
        return new Day.OfWeek(numbers);
    }

    private int weekday(Matcher match, Part item) {
        return number(Kind.WEEKDAY, match.group(1), item) % SUNDAY_TOO;
    }

    private BitSet range(Kind kind, Part item) {
        var match = RANGE.matcher(item.text());
        if (!match.matches() || (item.text().startsWith("?") && !kind.hasQuestionMark())) {
            throw wrong(item, "'%s' is no %s".formatted(item.text(), kind.word()));
        }
        var first = match.group(1);
        var isAny = first.equals("*") || first.equals("?");
        if (isAny && match.group(2) != null) {
            throw wrong(item, "'%s' is no range".formatted(item.text()));
        }
        var from = isAny ? kind.least : number(kind, first, item);
        var to = from;
        if (match.group(2) != null) {
            to = number(kind, match.group(2), item);
        } else if (isAny || match.group(3) != null) {
            to = kind == Kind.WEEKDAY ? kind.most - 1 : kind.most;
        }
        if (from > to) {
            throw wrong(item, "'%s' runs backwards; write two ranges".formatted(item.text()));
        }
        var step = match.group(3) == null ? 1 : step(match.group(3), kind, item);
        var numbers = new BitSet();
        for (var number = from; number <= to; number += step) {
            numbers.set(number);
        }
        return numbers;
    }

    private int step(String digits, Kind kind, Part item) {
        return within(
                digits.length() > 2 ? Integer.MAX_VALUE : Integer.parseInt(digits),
                1,
                kind.most,
                item);
    }

    private int number(Kind kind, String word, Part item) {
        var name = kind.names().indexOf(word.toUpperCase(Locale.ROOT));
        if (name >= 0) {
            return kind.least + name;
        }
        if (!word.matches("[0-9]{1,2}")) {
            throw wrong(item, "'%s' is no %s".formatted(word, kind.word()));
        }
        return within(Integer.parseInt(word), kind.least, kind.most, item);
    }

    private int within(int number, int least, int most, Part item) {
        if (number < least || number > most) {
            throw wrong(item, "'%s' is not between %d and %d".formatted(item.text(), least, most));
        }
        return number;
    }

    private KedgeException wrong(Part part, String what) {
        return new KedgeException.Invalid(
                field, "at character %d of '%s': %s".formatted(part.at() + 1, text, what));
    }
}
