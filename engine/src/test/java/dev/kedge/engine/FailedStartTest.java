package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.JobPolicy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** An engine that does not come up; alone, because other engines' threads come and go. */
@Isolated
class FailedStartTest {

    private final TestEngine db = new TestEngine();

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void an_engine_that_cannot_start_leaves_no_thread_behind() {
        var before = threads();

        assertThatThrownBy(() ->
                        db.start(builder ->
                                builder.job(
                                                TestEngine.job("x", JobPolicy.DEFAULT),
                                                String.class,
                                                (text, _) -> {
                                                    throw new IllegalStateException(text);
                                                })
                                        .config(impossible())))
                .isInstanceOf(RuntimeException.class);

        assertThat(threads()).isLessThanOrEqualTo(before);
    }

    private static EngineConfig impossible() {
        return new EngineConfig(
                1,
                Duration.ofDays(100_000_000),
                Duration.ofDays(300_000_000),
                Duration.ofSeconds(1),
                1);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("kedge-"))
                .filter(thread -> !thread.getName().startsWith("kedge-postgres"))
                .count();
    }
}
