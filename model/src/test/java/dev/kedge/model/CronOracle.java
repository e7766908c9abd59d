package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Says by walking from minute to minute when expressions are due around a change of the clocks. Its
 * expressions are written a second time, as Java.
 */
final class CronOracle {

    private static final int HOURS = 13;

    /** Times that have a name: each is due once on each day. */
    private static final Map<String, Predicate<LocalDateTime>> NAMED =
            Map.ofEntries(
                    named("0 0 * * *", 0, 0),
                    named("30 0 * * *", 0, 30),
                    named("0 1 * * *", 1, 0),
                    named("15 1 * * *", 1, 15),
                    named("59 1 * * *", 1, 59),
                    named("0 2 * * *", 2, 0),
                    named("30 2 * * *", 2, 30),
                    named("45 2 * * *", 2, 45),
                    named("0 3 * * *", 3, 0),
                    named("30 23 * * *", 23, 30),
                    named("59 23 * * *", 23, 59),
                    Map.entry(
                            "0,30 1-3 * * *",
                            at ->
                                    at.getMinute() % 30 == 0
                                            && at.getHour() >= 1
                                            && at.getHour() <= 3),
                    Map.entry(
                            "10-12 2 * * *",
                            at ->
                                    at.getHour() == 2
                                            && at.getMinute() >= 10
                                            && at.getMinute() <= 12),
                    Map.entry("5 0-23 * * *", at -> at.getMinute() == 5));

    /** Rhythms: each is due whenever the clock shows it. */
    private static final Map<String, Predicate<LocalDateTime>> STEADY =
            Map.ofEntries(
                    Map.entry("* * * * *", at -> true),
                    Map.entry("*/15 * * * *", at -> at.getMinute() % 15 == 0),
                    Map.entry("30 * * * *", at -> at.getMinute() == 30),
                    Map.entry("0 */2 * * *", at -> at.getMinute() == 0 && at.getHour() % 2 == 0),
                    Map.entry("20 1/3 * * *", at -> at.getMinute() == 20 && at.getHour() % 3 == 1),
                    Map.entry("*/10 2 * * *", at -> at.getMinute() % 10 == 0 && at.getHour() == 2));

    private CronOracle() {}

    private static Map.Entry<String, Predicate<LocalDateTime>> named(
            String text, int hour, int minute) {
        return Map.entry(text, at -> at.getHour() == hour && at.getMinute() == minute);
    }

    /** Fails where a schedule and the oracle disagree within half a day of {@code change}. */
    static void check(ZoneId zone, Instant change) {
        var from = change.truncatedTo(ChronoUnit.MINUTES).minus(HOURS, ChronoUnit.HOURS);
        var until = change.plus(HOURS, ChronoUnit.HOURS);
        NAMED.forEach((text, when) ->
                assertThat(due(text, zone, from, until))
                        .as("%s in %s around %s", text, zone, change)
                        .isEqualTo(named(when, zone, from, until)));
        STEADY.forEach((text, when) ->
                assertThat(due(text, zone, from, until))
                        .as("%s in %s around %s", text, zone, change)
                        .isEqualTo(steady(when, zone, from, until)));
    }

    private static List<Instant> due(String text, ZoneId zone, Instant from, Instant until) {
        var schedule = Schedule.parse(text, zone);
        var due = new ArrayList<Instant>();
        var slot = schedule.after(from);
        while (slot != null && !slot.at().isAfter(until)) {
            due.add(slot.at());
            slot = schedule.after(slot.at());
        }
        return due;
    }

    /**
     * Every named minute there is on the calendar, put where the clock first shows it or passes it.
     */
    private static List<Instant> named(
            Predicate<LocalDateTime> when, ZoneId zone, Instant from, Instant until) {
        var due = new TreeSet<Instant>();
        var end = LocalDateTime.ofInstant(until, zone).plusDays(1);
        for (var at =
                        LocalDateTime.ofInstant(from, zone)
                                .minusDays(1)
                                .truncatedTo(ChronoUnit.MINUTES);
                at.isBefore(end);
                at = at.plusMinutes(1)) {
            if (when.test(at)) {
                due.add(firstShownOrPassed(at, zone));
            }
        }
        return due.stream().filter(at -> at.isAfter(from) && !at.isAfter(until)).toList();
    }

    private static Instant firstShownOrPassed(LocalDateTime at, ZoneId zone) {
        var offsets = zone.getRules().getValidOffsets(at);
        return offsets.isEmpty()
                ? zone.getRules().getTransition(at).getInstant()
                : at.toInstant(offsets.getFirst());
    }

    private static List<Instant> steady(
            Predicate<LocalDateTime> when, ZoneId zone, Instant from, Instant until) {
        var due = new ArrayList<Instant>();
        for (var at = from.plusSeconds(60); !at.isAfter(until); at = at.plusSeconds(60)) {
            var shown = LocalDateTime.ofInstant(at, zone);
            if (shown.getSecond() == 0 && when.test(shown)) {
                due.add(at);
            }
        }
        return due;
    }
}
