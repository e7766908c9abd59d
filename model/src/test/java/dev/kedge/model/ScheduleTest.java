package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Schedule.Shift;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a schedule is due. */
@Timeout(60)
class ScheduleTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static List<String> due(String text, ZoneId zone, String after, int count) {
        var schedule = Schedule.parse(text, zone);
        var due = new ArrayList<String>();
        var at = Instant.parse(after);
        for (var i = 0; i < count; i++) {
            var slot = schedule.after(at);
            if (slot == null) {
                break;
            }
            at = slot.at();
            due.add(at.toString());
        }
        return due;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 * * * *          | 2026-01-01T00:00:00Z | 2026-01-01T01:00:00Z",
                "0 0 * * *          | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z",
                "@daily             | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z",
                "@Hourly            | 2026-01-01T00:30:01Z | 2026-01-01T01:00:00Z",
                "0 9 * * 1-5        | 2026-01-02T09:00:00Z | 2026-01-05T09:00:00Z",
                "*/15 * * * *       | 2026-01-01T00:15:00Z | 2026-01-01T00:30:00Z",
                "0 2 * * *          | 2026-01-01T02:00:00Z | 2026-01-02T02:00:00Z",
                "*/10 * * * * *     | 2026-01-01T00:00:05Z | 2026-01-01T00:00:10Z",
                "0 0 1 JAN-MAR *    | 2026-01-01T00:00:00Z | 2026-02-01T00:00:00Z",
                "0 0 * * sun        | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z",
                "0 0 * * 7          | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z",
                "0 0 * * 5-7        | 2026-01-03T00:00:00Z | 2026-01-04T00:00:00Z",
                "0 0 13 * 5         | 2026-01-02T00:00:00Z | 2026-01-09T00:00:00Z",
                "0 0 13 * 5         | 2026-01-09T00:00:00Z | 2026-01-13T00:00:00Z",
                "0 0 */2 * 1        | 2026-01-01T00:00:00Z | 2026-01-05T00:00:00Z",
                "0 0 ? * 1          | 2026-01-01T00:00:00Z | 2026-01-05T00:00:00Z",
                "0 0 L * *          | 2026-02-01T00:00:00Z | 2026-02-28T00:00:00Z",
                "0 0 L-2 * *        | 2026-02-01T00:00:00Z | 2026-02-26T00:00:00Z",
                "0 0 LW * *         | 2026-02-01T00:00:00Z | 2026-02-27T00:00:00Z",
                "0 0 15W * *        | 2026-02-01T00:00:00Z | 2026-02-16T00:00:00Z",
                "0 0 1W * *         | 2026-08-01T00:00:00Z | 2026-08-03T00:00:00Z",
                "0 0 31W * *        | 2026-02-01T00:00:00Z | 2026-03-31T00:00:00Z",
                "0 0 * * 5L         | 2026-02-01T00:00:00Z | 2026-02-27T00:00:00Z",
                "0 0 * * FRI#2      | 2026-02-01T00:00:00Z | 2026-02-13T00:00:00Z",
                "0 0 * * 1#5        | 2026-02-01T00:00:00Z | 2026-03-30T00:00:00Z",
                "0 0 29 2 *         | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z",
                "0 22-23,0-1 * * *  | 2026-01-01T01:00:00Z | 2026-01-01T22:00:00Z",
                "30 10/6 * * *      | 2026-01-01T11:00:00Z | 2026-01-01T16:30:00Z",
                "every 90s          | 2026-01-01T00:00:00Z | 2026-01-01T00:01:30Z",
                "every 1h30m        | 2026-01-01T00:00:00Z | 2026-01-01T01:30:00Z"
            })
    void it_is_due_next(String text, String after, String next) {
        assertThat(due(text, ZoneOffset.UTC, after, 1)).containsExactly(next);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "60 * * * *       | character 1 of",
                "0 24 * * *       | character 3 of",
                "0 0 0 * *        | character 5 of",
                "0 0 1 13 *       | character 7 of",
                "0 0 1 * 8        | character 9 of",
                "0 0 1 * MOON     | character 9 of",
                "0 9-17-2 * * *   | character 3 of",
                "0 17-9 * * *     | runs backwards; write two ranges",
                "0 9,,10 * * *    | character 5 of",
                "0 9, * * *       | character 5 of",
                "0 */0 * * *      | not between 1 and 23",
                "0 */99999 * * *  | not between 1 and 23",
                "0 *-5 * * *      | is no range",
                "? * * * *        | is no minute",
                "0 0 * * 5#6      | not between 1 and 5",
                "0 0 32W * *      | not between 1 and 31",
                "0 0 L-31 * *     | not between 0 and 30",
                "0 0 30 2 *       | never comes",
                "0 0 * *          | got 4",
                "0 0 0 * * * *    | got 7",
                "@dayly           | did you mean '@daily'",
                "@reboot          | there is no '@reboot'",
                "every            | got 1",
                "every 500ms      | between",
                "every 0s         | between",
                "every 1d1ms      | whole seconds",
                "every soon       | a duration is written like"
            })
    void what_is_no_schedule_is_refused_with_the_place_of_the_fault(String text, String words) {
        assertThatThrownBy(() -> Schedule.parse(text, ZoneOffset.UTC))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("schedule: ")
                .hasMessageContaining(words);
    }

    @Test
    void too_long_a_text_is_refused() {
        assertThatThrownBy(() -> Schedule.parse("0 " + "0,".repeat(200) + "0 * * *", BERLIN))
                .isInstanceOf(KedgeException.Invalid.class);
    }

    @Test
    void an_unknown_zone_is_refused_with_the_nearest() {
        assertThatThrownBy(() -> Schedule.zone("Europe/Berln"))
                .hasMessageContaining("did you mean 'Europe/Berlin'");
    }

    @Test
    void a_time_in_the_gap_is_due_at_the_first_instant_after_it() {
        assertThat(due("30 2 * * *", BERLIN, "2027-03-27T00:00:00Z", 3))
                .containsExactly(
                        "2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z");
        var slot =
                Schedule.parse("30 2 * * *", BERLIN).after(Instant.parse("2027-03-28T00:00:00Z"));
        assertThat(slot)
                .isEqualTo(
                        new Schedule.Slot(
                                Instant.parse("2027-03-28T01:00:00Z"),
                                LocalDateTime.parse("2027-03-28T02:30:00"),
                                Shift.PUT_OFF));
    }

    @Test
    void a_time_that_comes_twice_is_due_once() {
        assertThat(due("30 2 * * *", BERLIN, "2027-10-30T12:00:00Z", 2))
                .containsExactly("2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z");
    }

    @Test
    void a_rhythm_goes_on_by_the_clock_without_an_hour_of_silence() {
        assertThat(due("30 * * * *", BERLIN, "2027-10-30T23:45:00Z", 4))
                .containsExactly(
                        "2027-10-31T00:30:00Z",
                        "2027-10-31T01:30:00Z",
                        "2027-10-31T02:30:00Z",
                        "2027-10-31T03:30:00Z");
        assertThat(due("*/20 2 * * *", BERLIN, "2027-03-27T12:00:00Z", 1))
                .containsExactly("2027-03-29T00:00:00Z");
    }

    @Test
    void a_gap_of_half_an_hour_is_a_gap() {
        assertThat(due("15 2 * * *", ZoneId.of("Australia/Lord_Howe"), "2027-10-02T00:00:00Z", 1))
                .containsExactly("2027-10-02T15:30:00Z");
    }

    /**
     * Every zone and every change of its clocks from 2020 to 2037, against an oracle that walks
     * from minute to minute and knows nothing of expressions. Where clocks change alike at one
     * instant, one zone stands for all.
     */
    @Test
    void kedge_P7_around_every_clock_change_it_is_due_when_the_oracle_says() {
        var from = Instant.parse("2020-01-01T00:00:00Z");
        var until = Instant.parse("2038-01-01T00:00:00Z");
        var changes = new HashMap<ZoneOffsetTransition, ZoneId>();
        for (var id : ZoneId.getAvailableZoneIds()) {
            var zone = ZoneId.of(id);
            var change = zone.getRules().nextTransition(from);
            while (change != null && change.getInstant().isBefore(until)) {
                changes.put(change, zone);
                change = zone.getRules().nextTransition(change.getInstant());
            }
        }

        assertThat(changes).hasSizeGreaterThan(500);
        changes.entrySet().parallelStream()
                .forEach(each -> CronOracle.check(each.getValue(), each.getKey().getInstant()));
    }

    @Test
    void missed_slots_are_those_that_are_late_but_for_the_newest() {
        var now = Instant.parse("2026-01-01T12:00:00Z");
        var slots =
                List.of(
                        now.minus(Duration.ofHours(3)),
                        now.minus(Duration.ofHours(2)),
                        now.minus(Duration.ofHours(1)),
                        now);

        assertThat(CatchUp.NONE.missed(slots, now)).isEqualTo(3);
        assertThat(CatchUp.LAST.missed(slots, now)).isEqualTo(2);
        assertThat(new CatchUp(2).missed(slots, now)).isEqualTo(1);
        assertThat(CatchUp.ALL.missed(slots, now)).isZero();
        assertThat(CatchUp.NONE.missed(List.of(now.minusSeconds(60)), now)).isZero();
    }
}
