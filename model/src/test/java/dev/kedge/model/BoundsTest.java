package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BoundsTest {

    private static final NewRun RUN = NewRun.of(new JobName("job"), Payload.NULL);
    private static final JobPolicy POLICY = JobPolicy.DEFAULT;
    private static final Duration TOO_LONG = JobPolicy.TIMEOUT_MAX.plusMillis(1);
    private static final Instant TOO_LATE = Instant.parse("+10000-01-01T00:00:00Z");
    private static final Instant TOO_EARLY = Instant.parse("1969-12-31T23:59:59Z");

    static Stream<Arguments> refused() {
        return Stream.of(
                row("job", () -> new JobName("")),
                row("job", () -> new JobName("-starts-with-a-sign")),
                row("job", () -> new JobName("x".repeat(129))),
                row("job", () -> new JobName("two words")),
                row("queue", () -> new QueueName("a/b")),
                row("namespace", () -> new Namespace("Upper")),
                row("namespace", () -> new Namespace("n".repeat(64))),
                row("handler.function", () -> new Binding.Function("../etc")),
                row("priority", () -> POLICY.withPriority(101)),
                row("priority", () -> RUN.withPriority(-101)),
                row("timeout", () -> POLICY.withTimeout(Duration.ZERO)),
                row("timeout", () -> POLICY.withTimeout(Duration.ofSeconds(-1))),
                row("timeout", () -> POLICY.withTimeout(TOO_LONG)),
                row("progressTimeout", () -> POLICY.withProgressTimeout(Duration.ZERO)),
                row("cancelGrace", () -> POLICY.withCancelGrace(Duration.ofMillis(-1))),
                row("cancelGrace", () -> POLICY.withCancelGrace(TOO_LONG)),
                row("maxLosses", () -> recovery(0)),
                row("maxLosses", () -> recovery(RecoveryPolicy.LOSSES_MAX + 1)),
                row("delay", () -> RUN.after(Duration.ofMillis(-1))),
                row("delay", () -> RUN.after(NewRun.DELAY_MAX.plusMillis(1))),
                row("delay", () -> new Outcome.Snoozed(Duration.ofMillis(-1))),
                row("delay", () -> new Outcome.Snoozed(Duration.ofSeconds(Long.MAX_VALUE))),
                row("runAt", () -> RUN.at(TOO_LATE)),
                row("runAt", () -> RUN.at(TOO_EARLY)),
                row("expiresAt", () -> RUN.expiring(TOO_LATE)),
                row("key", () -> unique("")),
                row("key", () -> unique("k".repeat(NewRun.KEY_CHARS_MAX + 1))),
                row("key", () -> unique("nul\0")),
                row("tags", () -> RUN.withTags(Collections.nCopies(NewRun.TAGS_MAX + 1, "t"))),
                row("tags", () -> RUN.withTags(List.of(""))),
                row("tags", () -> RUN.withTags(List.of("unit\u001fseparator"))),
                row("maxAttempts", () -> overriding(0, null)),
                row("maxAttempts", () -> overriding(RetryPolicy.ATTEMPTS_MAX + 1, null)),
                row("timeout", () -> overriding(null, Duration.ZERO)),
                row("limit", () -> RunFilter.ALL.withLimit(0)),
                row("limit", () -> RunFilter.ALL.withLimit(RunFilter.LIMIT_MAX + 1)),
                row("key", () -> filter(null, "nul\0")),
                row("tag", () -> filter("nul\0", null)),
                row("state", () -> RunState.of("sleepy")),
                row("description", () -> described(Job.DESCRIPTION_CHARS_MAX + 1)));
    }

    private static Arguments row(String field, ThrowingCallable making) {
        return Arguments.of(field, making);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_is_out_of_bounds_is_refused_by_the_name_of_its_field(
            String field, ThrowingCallable making) {
        assertThatThrownBy(making)
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageStartingWith(field + ": ");
    }

    static Stream<Arguments> taken() {
        return Stream.of(
                row("job", () -> new JobName("a.b:c-d_9")),
                row("job", () -> new JobName("x".repeat(128))),
                row("namespace", () -> new Namespace("n".repeat(63))),
                row("priority", () -> RUN.withPriority(-100).withPriority(100)),
                row("timeout", () -> POLICY.withTimeout(null)),
                row("timeout", () -> POLICY.withTimeout(JobPolicy.TIMEOUT_MAX)),
                row("cancelGrace", () -> POLICY.withCancelGrace(Duration.ZERO)),
                row("delay", () -> RUN.after(NewRun.DELAY_MAX)),
                row("delay", () -> new Outcome.Snoozed(NewRun.DELAY_MAX)),
                row("key", () -> unique("k".repeat(NewRun.KEY_CHARS_MAX))),
                row("tags", () -> RUN.withTags(Collections.nCopies(NewRun.TAGS_MAX, "t"))),
                row("description", () -> described(Job.DESCRIPTION_CHARS_MAX)));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void what_lies_on_a_bound_is_taken(String field, ThrowingCallable making) {
        assertThatCode(making).as(field).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void what_is_too_large_is_refused_by_size(String field, ThrowingCallable making) {
        assertThatThrownBy(making)
                .isInstanceOf(KedgeException.TooLarge.class)
                .hasMessageStartingWith(field + ": ");
    }

    static Stream<Arguments> tooLarge() {
        var metadata = Payload.ofJson("\"" + "m".repeat(NewRun.METADATA_BYTES_MAX) + "\"");
        var data = Payload.ofJson("\"" + "d".repeat(Progress.DATA_BYTES_MAX) + "\"");
        return Stream.of(
                row("metadata", () -> withMetadata(metadata)),
                row("progress.data", () -> new Progress(null, null, null, null, data)),
                row("payload", () -> Payload.ofJson("12345").atMost(4, "payload")));
    }

    @ParameterizedTest
    @MethodSource("odd")
    void odd_progress_is_put_right(Progress said, Progress kept) {
        assertThat(said).isEqualTo(kept);
    }

    static Stream<Arguments> odd() {
        return Stream.of(
                Arguments.of(Progress.percent(250, "nul\0"), Progress.percent(100, "nul")),
                Arguments.of(Progress.percent(-1, null), Progress.percent(0, null)),
                Arguments.of(
                        new Progress(Double.NaN, 1L, 0L, null, null),
                        new Progress(null, 1L, 0L, null, null)),
                Arguments.of(Progress.of(1, 0, null), new Progress(null, 1L, 0L, null, null)),
                Arguments.of(
                        Progress.percent(1, "m".repeat(Progress.MESSAGE_CHARS_MAX + 1)),
                        Progress.percent(1, "m".repeat(Progress.MESSAGE_CHARS_MAX))));
    }

    private static RecoveryPolicy recovery(int losses) {
        return new RecoveryPolicy(RetryPolicy.DEFAULT, OnWorkerLost.RETRY, losses);
    }

    private static NewRun unique(String key) {
        return RUN.unique(key, OnConflict.REJECT);
    }

    private static NewRun overriding(@Nullable Integer maxAttempts, @Nullable Duration timeout) {
        return new NewRun(
                RUN.job(),
                RUN.payload(),
                RUN.start(),
                null,
                null,
                null,
                OnConflict.REJECT,
                null,
                maxAttempts,
                timeout,
                List.of(),
                null,
                null,
                LimitKeys.NONE);
    }

    private static NewRun withMetadata(Payload metadata) {
        return new NewRun(
                RUN.job(),
                RUN.payload(),
                RUN.start(),
                null,
                null,
                null,
                OnConflict.REJECT,
                null,
                null,
                null,
                List.of(),
                metadata,
                null,
                LimitKeys.NONE);
    }

    private static RunFilter filter(@Nullable String tag, @Nullable String key) {
        return new RunFilter(Set.of(), null, null, tag, key, null, null, null, 1);
    }

    private static Job described(int chars) {
        return new Job(
                Namespace.DEFAULT,
                new JobName("job"),
                new Binding.Java(),
                POLICY,
                "d".repeat(chars),
                true,
                false,
                1);
    }
}
