package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Backoff;
import dev.kedge.model.CatchUp;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.OnWorkerLost;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.QueueName;
import dev.kedge.model.RateLimit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What code says about its job, before it is deployed. */
class DescribeTest {

    private static final String HANDLER = "export default () => 1;";
    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench(config -> config);
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @Test
    void the_comment_at_the_head_sets_the_policy() {
        var described =
                describe(
                        """
                        // Anything may stand here.
                        /**
                         * Sends the weekly mail.
                         * @fluxbase:timeout 600
                         * @kedge:max-retries 4
                         * @kedge:progress-timeout 1m30s
                         * @kedge:priority -5
                         * @kedge:queue mail
                         * @kedge:description Weekly mail
                         * @kedge:namespace sales
                         * @fluxbase:require-role admin, editor
                         * @fluxbase:schedule 0 2 * * *
                         * @kedge:schedule @hourly
                         * @kedge:timezone Europe/Berlin
                         * @fluxbase:allow-net true
                         */
                        /* @kedge:timeout 20s */
                        """
                                + HANDLER
                                + "\n/** @kedge:timeout 1s */");

        assertThat(described.policy())
                .isEqualTo(
                        JobPolicy.DEFAULT
                                .withTimeout(Duration.ofSeconds(20))
                                .withRetry(JobPolicy.DEFAULT.recovery().retry().withMaxAttempts(5))
                                .withProgressTimeout(Duration.ofSeconds(90))
                                .withPriority(-5)
                                .withQueue(new QueueName("mail"))
                                .withRequireRoles(List.of("admin", "editor")));
        assertThat(described.schedules())
                .extracting(timetable -> timetable.schedule().toString())
                .containsExactly("0 2 * * * in Europe/Berlin", "@hourly in Europe/Berlin");
        assertThat(described.description()).contains("Weekly mail");
        assertThat(described.namespace()).contains(new Namespace("sales"));
        assertThat(described.warnings())
                .isEqualTo(List.of("@fluxbase:allow-net is not supported yet and has no effect"));
        assertThat(described.job()).isEqualTo(new JobName("hello"));
        assertThat(described.shape()).isEqualTo("default");
    }

    @Test
    void defineJob_sets_when_the_job_starts_by_itself() {
        var described =
                describe(
                        """
                        import { defineJob } from "@kedge/sdk";
                        export default defineJob({
                          schedule: ["@daily", {
                            cron: "30 2 * * MON", zone: "Europe/Berlin", overlap: "cancelRunning",
                            catchUp: "all", payload: { n: 1 },
                          }],
                        }, async () => 1);
                        """);

        var second = described.schedules().get(1);
        assertThat(described.schedules()).hasSize(2);
        assertThat(second.schedule()).hasToString("30 2 * * MON in Europe/Berlin");
        assertThat(second.overlap()).isEqualTo(Overlap.CANCEL_RUNNING);
        assertThat(second.catchUp()).isEqualTo(CatchUp.ALL);
        assertThat(second.payload()).isEqualTo(Payload.ofJson("{\"n\":1}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'61 * * * *'                        | at character 1",
                "{ cron: '@daily', every: 1 }        | schedule.every",
                "{ cron: '@daily', overlap: 'no' }   | schedule.overlap",
                "{ cron: '@daily', zone: 'Moon' }    | no time zone",
                "[7]                                 | a text, got 7"
            })
    void a_schedule_that_is_none_is_refused(String schedule, String words) {
        assertThatThrownBy(() ->
                        describe(
                                "import { defineJob } from '@kedge/sdk';"
                                        + " export default defineJob({ schedule: %s }, async () => 1);"
                                                .formatted(schedule)))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining(words);
    }

    @Test
    void defineJob_sets_name_and_policy() {
        var described =
                describe(
                        """
                        /** @kedge:timeout 20s */
                        import { defineJob } from "@kedge/sdk";
                        export default defineJob({
                          name: "import-orders",
                          description: "Takes orders in",
                          timeout: "2m",
                          cancelGrace: 1.5,
                          priority: 7,
                          onWorkerLost: "fail",
                          maxLosses: 2,
                          maxConcurrency: 7,
                          onExceeded: "reject",
                          maxConcurrencyPerKey: 2,
                          rateLimit: { limit: 100, per: "1m" },
                          retry: { maxAttempts: 4, delays: ["0s", "10s", "60s"], jitter: 0 },
                        }, async (ctx) => ctx.payload);
                        """);

        assertThat(described.job()).isEqualTo(new JobName("import-orders"));
        assertThat(described.shape()).isEqualTo("defineJob");
        assertThat(described.description()).contains("Takes orders in");
        assertThat(described.policy().timeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(described.policy().cancelGrace()).isEqualTo(Duration.ofMillis(1500));
        assertThat(described.policy().priority()).isEqualTo(7);
        assertThat(described.policy().limits())
                .isEqualTo(
                        new Limits(
                                7,
                                OnExceeded.REJECT,
                                2,
                                new RateLimit(100, Duration.ofMinutes(1))));
        var recovery = described.policy().recovery();
        assertThat(recovery.onWorkerLost()).isEqualTo(OnWorkerLost.FAIL);
        assertThat(recovery.maxLosses()).isEqualTo(2);
        assertThat(recovery.retry().maxAttempts()).isEqualTo(4);
        assertThat(recovery.retry().jitter()).isZero();
        assertThat(recovery.retry().backoff())
                .isEqualTo(
                        new Backoff.Table(
                                List.of(
                                        Duration.ZERO,
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(60))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    @kedge:timout 5       | @kedge:timout: there is no such annotation; did you mean @kedge:timeout?
                    @kedge:timeout soon   | @kedge:timeout: a duration is written like 90s, 24h or 1m30s, got 'soon'
                    @kedge:max-retries x  | @kedge:max-retries: a whole number, got 'x'
                    @kedge:priority 101   | priority: must be between -100 and 100, got 101
                    @kedge:namespace A_b  | namespace: 'A_b' does not match
                    """)
    void a_bad_annotation_is_named(String annotation, String message) {
        assertThatThrownBy(() -> describe("/** " + annotation + " */\n" + HANDLER))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    { timout: 5 }                      | timout: there is no such field of a job; did you mean 'timeout'?
                    { retry: { backof: "fixed" } }     | retry.backof: there is no such field of a job; did you mean 'backoff'?
                    { retry: { backoff: "linar" } }    | retry.backoff: there is no 'linar'; did you mean 'linear'?
                    { timeout: "soon" }                | timeout: a duration is written like
                    { priority: 1.5 }                  | priority: a whole number, got 1.5
                    { name: "a b" }                    | job: 'a b' does not match
                    { onWorkerLost: "wait" }           | onWorkerLost: must be 'retry' or 'fail'
                    """)
    void a_bad_policy_is_named(String policy, String message) {
        var code =
                "import { defineJob } from '@kedge/sdk'; export default defineJob(%s, () => 1);"
                        .formatted(policy);

        assertThatThrownBy(() -> describe(code))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void code_that_cannot_be_loaded_is_refused_with_its_line() {
        assertThatThrownBy(() -> describe("export default () => {\n  const = 1;\n};"))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("hello.ts:2:");
        assertThatThrownBy(() -> describe("\nnull.x;\n" + HANDLER))
                .hasMessageContaining("Cannot read properties of null")
                .hasMessageContaining("hello.ts:2:");
        assertThatThrownBy(() -> describe("export const handler = 1;"))
                .hasMessageContaining("no handler found");
        assertThatThrownBy(() -> describe("import './lib.ts';\n" + HANDLER))
                .hasMessageContaining("./lib.ts")
                .hasMessageContaining("hello.ts:1:");
    }

    private static FunctionDescription describe(String code) {
        return bench.functions.describe(Namespace.DEFAULT, "hello", code);
    }
}
