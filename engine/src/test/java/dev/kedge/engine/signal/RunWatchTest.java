package dev.kedge.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.RunId;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunWatchTest {

    private static final RunId RUN = new RunId(new UUID(7, 7));

    private final RunWatch watch = new RunWatch();

    @Test
    void everybody_who_waits_hears_of_a_change() throws Exception {
        var waiting = new CountDownLatch(3);
        var heard = new CountDownLatch(3);
        for (var i = 0; i < 3; i++) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (var ticket = watch.watch(RUN)) {
                            waiting.countDown();
                            ticket.await(Duration.ofSeconds(20));
                            heard.countDown();
                        } catch (InterruptedException stop) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
        waiting.await();
        watch.changed(RUN);

        assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nobody_is_remembered_who_has_left() throws Exception {
        try (var one = watch.watch(RUN);
                var two = watch.watch(RUN)) {
            one.await(Duration.ZERO);
            assertThat(two).isNotSameAs(one);
            assertThat(watch.size()).isEqualTo(1);
        }
        assertThat(watch.size()).isZero();
    }

    @Test
    void who_leaves_after_a_change_takes_no_later_watcher_along() throws Exception {
        var early = watch.watch(RUN);
        watch.changed(RUN);
        try (var late = watch.watch(RUN)) {
            early.close();
            assertThat(watch.size()).isEqualTo(1);
            watch.changed(RUN);
            late.await(Duration.ofSeconds(20));
        }
        assertThat(watch.size()).isZero();
    }
}
