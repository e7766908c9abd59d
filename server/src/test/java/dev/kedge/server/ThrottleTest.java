package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    private static final int KEYS_MAX = 100;

    // Close to where nanoTime wraps around, which it may.
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Throttle throttle =
            new Throttle(new Throttle.Rate(5, Duration.ofSeconds(10)), KEYS_MAX, nanos::get);

    @Test
    void a_burst_is_let_through_and_what_follows_is_told_how_long_to_wait() {
        for (var i = 0; i < 5; i++) {
            assertThat(throttle.take("ada")).isZero();
        }

        assertThat(throttle.take("ada")).isEqualTo(Duration.ofSeconds(2));
        pass(Duration.ofMillis(500));
        assertThat(throttle.take("ada")).isEqualTo(Duration.ofMillis(1_500));
        pass(Duration.ofMillis(1_500));
        assertThat(throttle.take("ada")).isZero();
        assertThat(throttle.take("ada")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void a_bucket_never_holds_more_than_the_burst() {
        pass(Duration.ofDays(7));

        assertThat(taken("ada", 50)).isEqualTo(5);
    }

    @Test
    void one_key_does_not_spend_the_tokens_of_another() {
        taken("ada", 50);

        assertThat(taken("bob", 50)).isEqualTo(5);
    }

    @Test
    void looking_takes_nothing() {
        for (var i = 0; i < 50; i++) {
            assertThat(throttle.untilToken("ada")).isZero();
        }
        assertThat(throttle.keys()).isZero();

        taken("ada", 5);
        assertThat(throttle.untilToken("ada")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void a_crowd_of_new_keys_shares_one_bucket_and_takes_no_more_memory() {
        taken("ada", 50);
        for (var i = 0; i < KEYS_MAX; i++) {
            throttle.take("old " + i);
        }
        var through = 0;
        for (var i = 0; i < 10_000; i++) {
            through += taken("made up " + i, 1);
        }

        // One of the old ones had no place either.
        assertThat(through).isEqualTo(4);
        assertThat(throttle.keys()).isEqualTo(KEYS_MAX);
        assertThat(throttle.untilToken("ada")).as("nobody is forgotten").isPositive();
        assertThat(throttle.untilToken("stranger")).isPositive();
    }

    @Test
    void a_key_whose_bucket_is_full_again_makes_room_for_another() {
        for (var i = 0; i < KEYS_MAX; i++) {
            throttle.take("old " + i);
        }
        pass(Duration.ofSeconds(2));

        assertThat(taken("new", 50)).isEqualTo(5);
        assertThat(throttle.keys()).isEqualTo(1);
    }

    @Test
    void threads_together_get_no_more_than_one_alone() throws Exception {
        var through = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 100; i++) {
                threads.execute(() -> through.addAndGet(taken("ada", 20)));
            }
        }

        assertThat(through).hasValue(5);
    }

    private int taken(String key, int times) {
        var through = 0;
        for (var i = 0; i < times; i++) {
            through += throttle.take(key).isZero() ? 1 : 0;
        }
        return through;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
