package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final Backoff SHORT = new Backoff.Fixed(Duration.ofMillis(1));

    @Test
    void jitter_lengthens_a_delay_by_at_most_its_part() {
        Seeds.each(
                1_000,
                random -> {
                    var delay = Duration.ofMillis(random.nextLong(0, 3_600_000));
                    var jitter = random.nextDouble();
                    var policy = new RetryPolicy(9, new Backoff.Fixed(delay), jitter);

                    var jittered = policy.delayAfter(random.nextInt(1, 9), random);

                    assertThat(jittered)
                            .isBetween(delay, delay.plusMillis((long) (delay.toMillis() * jitter)));
                });
    }

    @Test
    void runs_that_failed_together_do_not_come_back_together() {
        Seeds.each(
                20,
                random -> {
                    var policy = new RetryPolicy(9, new Backoff.Fixed(Duration.ofHours(1)), 1);

                    assertThat(policy.delayAfter(1, random))
                            .isNotEqualTo(policy.delayAfter(1, random));
                });
    }

    @Test
    void without_jitter_a_table_is_kept_to_the_millisecond() {
        var table = List.of(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(60));
        var policy = new RetryPolicy(4, new Backoff.Table(table), 0);

        Seeds.each(
                50,
                random -> {
                    for (var failure = 1; failure <= table.size(); failure++) {
                        assertThat(policy.delayAfter(failure, random))
                                .isEqualTo(table.get(failure - 1));
                    }
                });
    }

    @Test
    void attempts_and_jitter_outside_their_bounds_are_refused() {
        assertThatThrownBy(() -> new RetryPolicy(0, SHORT, 0))
                .hasMessageStartingWith("maxAttempts: ");
        assertThatThrownBy(() -> new RetryPolicy(RetryPolicy.ATTEMPTS_MAX + 1, SHORT, 0))
                .hasMessageStartingWith("maxAttempts: ");
        assertThatThrownBy(() -> new RetryPolicy(1, SHORT, -0.01))
                .hasMessageStartingWith("jitter: ");
        assertThatThrownBy(() -> new RetryPolicy(1, SHORT, 1.01))
                .hasMessageStartingWith("jitter: ");
        assertThatThrownBy(() -> new RetryPolicy(1, SHORT, Double.NaN))
                .hasMessageStartingWith("jitter: ");
    }
}
