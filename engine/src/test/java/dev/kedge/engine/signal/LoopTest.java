package dev.kedge.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final Semaphore turns = new Semaphore(0);

    @Test
    void a_loop_that_is_woken_takes_its_turn_at_once() throws Exception {
        var loop = started(() -> LONG);
        assertThat(turn()).isTrue();

        loop.wake();

        assertThat(turn()).isTrue();
        loop.stop(Duration.ofSeconds(5));
    }

    @Test
    void a_loop_outlives_whatever_a_turn_runs_into() throws Exception {
        var loop =
                started(() -> {
                    throw new NoClassDefFoundError("gone");
                });
        assertThat(turn()).isTrue();
        assertThat(turn()).isTrue();
        loop.stop(Duration.ofSeconds(5));
    }

    @Test
    void a_loop_that_was_stopped_takes_no_further_turn() throws Exception {
        var loop = started(() -> LONG);
        assertThat(turn()).isTrue();
        loop.stop(Duration.ofSeconds(5));

        loop.wake();

        assertThat(turns.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
    }

    private Loop started(Loop.Turn turn) {
        var loop =
                new Loop(
                        "test",
                        () -> {
                            turns.release();
                            return turn.take();
                        });
        loop.start();
        return loop;
    }

    private boolean turn() throws InterruptedException {
        return turns.tryAcquire(20, TimeUnit.SECONDS);
    }
}
