package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void fixed_waits_the_same_each_time() {
        assertThat(delays(new Backoff.Fixed(SECOND), 3)).containsExactly(SECOND, SECOND, SECOND);
    }

    @Test
    void linear_waits_one_initial_delay_more_each_time_up_to_the_ceiling() {
        assertThat(delays(new Backoff.Linear(SECOND, Duration.ofMillis(2_500)), 4))
                .containsExactly(
                        SECOND,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(2_500),
                        Duration.ofMillis(2_500));
    }

    @Test
    void exponential_doubles_up_to_the_ceiling() {
        assertThat(delays(new Backoff.Exponential(SECOND, Duration.ofSeconds(7)), 5))
                .containsExactly(
                        SECOND,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(7));
    }

    @Test
    void a_table_is_read_row_by_row_and_its_last_row_repeats() {
        var table =
                new Backoff.Table(
                        List.of(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(60)));

        assertThat(delays(table, 5))
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60));
    }

    @Test
    void no_delay_falls_or_leaves_its_bounds_however_often_a_run_fails() {
        Seeds.each(
                500,
                random -> {
                    var initial = Duration.ofMillis(random.nextLong(0, 100_000));
                    var ceiling = initial.plusMillis(random.nextLong(0, 1_000_000));
                    var backoff =
                            random.nextBoolean()
                                    ? new Backoff.Linear(initial, ceiling)
                                    : new Backoff.Exponential(initial, ceiling);
                    var failures = random.nextInt(1, RetryPolicy.ATTEMPTS_MAX + 1);

                    assertThat(backoff.delayAfter(failures)).isBetween(initial, ceiling);
                    assertThat(backoff.delayAfter(failures + 1))
                            .isGreaterThanOrEqualTo(backoff.delayAfter(failures));
                });
    }

    @Test
    void delays_outside_their_bounds_are_refused() {
        var tooLong = Backoff.DELAY_MAX.plusMillis(1);
        var negative = Duration.ofMillis(-1);

        assertThatThrownBy(() -> new Backoff.Fixed(tooLong)).hasMessageStartingWith("delay: ");
        assertThatThrownBy(() -> new Backoff.Fixed(negative)).hasMessageStartingWith("delay: ");
        assertThatThrownBy(() -> new Backoff.Linear(negative, SECOND))
                .hasMessageStartingWith("initialDelay: ");
        assertThatThrownBy(() -> new Backoff.Exponential(SECOND, tooLong))
                .hasMessageStartingWith("maxDelay: ");
        assertThatThrownBy(() -> new Backoff.Exponential(SECOND, SECOND.minusMillis(1)))
                .hasMessageStartingWith("maxDelay: ");
        assertThatThrownBy(() -> new Backoff.Table(List.of())).hasMessageStartingWith("delays: ");
        assertThatThrownBy(() -> new Backoff.Table(List.of(SECOND, negative)))
                .hasMessageStartingWith("delays: ");
        assertThatThrownBy(() ->
                        new Backoff.Table(Collections.nCopies(Backoff.TABLE_ROWS_MAX + 1, SECOND)))
                .hasMessageStartingWith("delays: ");
        assertThat(new Backoff.Fixed(Backoff.DELAY_MAX).delayAfter(1)).isEqualTo(Backoff.DELAY_MAX);
    }

    private static List<Duration> delays(Backoff backoff, int failures) {
        return IntStream.rangeClosed(1, failures).mapToObj(backoff::delayAfter).toList();
    }
}
