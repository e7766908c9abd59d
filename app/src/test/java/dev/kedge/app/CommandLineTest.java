package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.JobView;
import dev.kedge.api.LogPage;
import dev.kedge.api.Problem;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every client command, against a whole server. */
class CommandLineTest {

    private static final String NO_RUN = "0190a0a0-0000-7000-8000-000000000001";

    @TempDir private static Path folder;
    private static Assembly assembly;
    private static Console kedge;

    @BeforeAll
    static void start() throws IOException {
        assembly = Servers.start(folder);
        kedge = Console.of(assembly, assembly.newKey().orElseThrow());
        assertThat(kedge.run("functions", "deploy", "../examples/hello/jobs/hello.ts").exitCode())
                .isZero();
        var angry = folder.resolve("angry.js");
        Files.writeString(
                angry,
                """
                export default async (ctx) => {
                  ctx.log.warn("about to fail");
                  throw new RangeError("no \\u001b[31mluck");
                };
                """);
        assertThat(kedge.run("functions", "deploy", angry.toString()).exitCode()).isZero();
        assertThat(kedge.run("jobs", "define", "angry", "--max-attempts", "1").exitCode()).isZero();
    }

    @AfterAll
    static void stop() {
        assembly.close();
    }

    @Test
    void a_run_that_is_waited_for_prints_its_result_alone_on_standard_output() {
        var ended =
                kedge.run("runs", "start", "hello", "--payload", "{\"name\":\"Ada\"}", "--wait");

        assertThat(ended.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(ended.out().strip()).isEqualTo("{\"greeting\":\"Hello, Ada!\"}");
        assertThat(ended.err()).contains("completed");
    }

    @Test
    void a_payload_may_come_from_a_file_or_from_standard_input() throws IOException {
        var file = folder.resolve("payload.json");
        Files.writeString(file, "{\"name\": \"Grace\"}");

        assertThat(kedge.run("runs", "start", "hello", "-p", "@" + file, "-w").out())
                .contains("Hello, Grace!");
        assertThat(
                        kedge.runWithInput(
                                        "{\"name\": \"Linus\"}",
                                        "runs",
                                        "start",
                                        "hello",
                                        "-p",
                                        "-",
                                        "-w")
                                .out())
                .contains("Hello, Linus!");
    }

    @Test
    void with_json_standard_output_is_the_answer_of_the_api() {
        var started = kedge.run("runs", "start", "hello", "--wait", "--json").as(RunView.class);

        var shown = kedge.run("runs", "get", started.id(), "--json").as(RunView.class);
        assertThat(shown).isEqualTo(started);
        assertThat(shown.state()).isEqualTo("completed");
        assertThat(kedge.run("runs", "list", "--job", "hello", "--json").as(RunPage.class).items())
                .extracting(RunView::id)
                .contains(started.id());
    }

    @Test
    void a_run_that_fails_ends_the_command_with_1_and_says_why() {
        var ended = kedge.run("runs", "start", "angry", "--wait");

        assertThat(ended.exitCode()).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("failed", "RangeError: no").doesNotContain("\u001b");
    }

    @Test
    void a_job_that_is_not_there_ends_it_with_4() {
        var ended = kedge.run("runs", "start", "no-such-job", "--json");

        assertThat(ended.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(ended.err()).contains("no-such-job");
        assertThat(ended.as(Problem.class).status()).isEqualTo(404);
        assertThat(kedge.run("runs", "get", NO_RUN).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void a_key_that_is_taken_ends_it_with_5_and_names_the_run_in_the_way() {
        var first =
                kedge.run("runs", "start", "hello", "--key", "k1", "--delay", "1h", "--json")
                        .as(RunView.class);

        var second = kedge.run("runs", "start", "hello", "--key", "k1");

        assertThat(second.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(second.err()).contains(first.id());
        assertThat(
                        kedge.run(
                                        "runs",
                                        "start",
                                        "hello",
                                        "--key",
                                        "k1",
                                        "--on-conflict",
                                        "return",
                                        "--json")
                                .as(RunView.class)
                                .id())
                .isEqualTo(first.id());
        assertThat(kedge.run("runs", "cancel", first.id()).exitCode()).isZero();
    }

    @Test
    void what_the_server_refuses_ends_it_with_3_and_names_the_field() {
        var ended = kedge.run("runs", "start", "hello", "--priority", "101");

        assertThat(ended.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(ended.err()).contains("priority").hasLineCount(1);
    }

    @Test
    void a_wrong_key_is_refused_and_not_repeated() {
        var stranger =
                new Console(Map.of("KEDGE_URL", assembly.url(), "KEDGE_API_KEY", "kedge_wrong"));

        var ended = stranger.run("jobs", "list");

        assertThat(ended.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(ended.err()).doesNotContain("kedge_wrong");
    }

    @Test
    void a_line_that_makes_no_sense_ends_it_with_2() {
        assertThat(kedge.run("runs", "strat").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(kedge.run("runs").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(kedge.run("nonsense").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(kedge.run("jobs", "list", "--url", "nowhere").exitCode())
                .isEqualTo(ExitCode.USAGE);
        var broken = kedge.run("runs", "start", "hello", "--payload", "{\"name\":");
        assertThat(broken.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(broken.err()).contains("--payload");
    }

    @Test
    void no_server_ends_it_with_6_and_how_to_get_one() {
        var ended = kedge.run("jobs", "list", "--url", "http://127.0.0.1:9");

        assertThat(ended.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ended.err()).contains("no server answers at http://127.0.0.1:9", "kedge dev");
    }

    @Test
    void a_job_can_be_defined_shown_paused_and_resumed() {
        var defined =
                kedge.run(
                                "jobs",
                                "define",
                                "tuned",
                                "--function",
                                "hello",
                                "--max-attempts",
                                "4",
                                "--delays",
                                "0s,10s,60s",
                                "--timeout",
                                "90s",
                                "--priority",
                                "-5",
                                "--json")
                        .as(JobView.class);

        assertThat(defined.retry().backoff()).isEqualTo("table");
        assertThat(defined.retry().delays()).containsExactly("0s", "10s", "1m");
        assertThat(defined.priority()).isEqualTo(-5);
        assertThat(kedge.run("jobs", "show", "tuned").out()).contains("1m30s", "0s, 10s, 1m");
        assertThat(kedge.run("jobs", "pause", "tuned").out()).contains("tuned is paused");
        assertThat(kedge.run("jobs", "list").out()).contains("tuned", "paused");
        assertThat(kedge.run("jobs", "resume", "tuned").exitCode()).isZero();
        assertThat(
                        kedge.run(
                                        "jobs",
                                        "define",
                                        "tuned",
                                        "--spec",
                                        "{\"handler\":{\"function\":\"hello\"},\"queue\":\"slow\"}",
                                        "--json")
                                .as(JobView.class)
                                .queue())
                .isEqualTo("slow");
    }

    @Test
    void a_job_with_limits_shows_them_and_refuses_what_is_beyond() {
        assertThat(
                        kedge.run(
                                        "jobs",
                                        "define",
                                        "narrow",
                                        "--function",
                                        "hello",
                                        "--max-concurrency",
                                        "1",
                                        "--on-exceeded",
                                        "reject",
                                        "--max-concurrency-per-key",
                                        "2",
                                        "--rate-limit",
                                        "100/1m")
                                .exitCode())
                .isZero();
        assertThat(kedge.run("jobs", "show", "narrow").out())
                .contains("1, then reject", "100 in 1m");
        var run =
                kedge.run(
                                "runs",
                                "start",
                                "narrow",
                                "--delay",
                                "1h",
                                "--concurrency-key",
                                "customer-7",
                                "--ordering-key",
                                "album-7",
                                "--json")
                        .as(RunView.class);
        assertThat(run.concurrencyKey()).isEqualTo("customer-7");
        assertThat(run.orderingKey()).isEqualTo("album-7");

        var refused = kedge.run("runs", "start", "narrow");

        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("narrow").contains("as many active runs as it may");
        assertThat(kedge.run("jobs", "define", "narrow", "--rate-limit", "often").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_pending_run_is_cancelled_at_once_and_waiting_for_it_ends_with_1() {
        var run = kedge.run("runs", "start", "hello", "--delay", "1h", "--json").as(RunView.class);

        assertThat(kedge.run("runs", "cancel", run.id()).out()).contains("cancelled");
        assertThat(kedge.run("runs", "get", run.id(), "--wait").exitCode())
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(kedge.run("runs", "cancel", run.id()).exitCode()).isEqualTo(ExitCode.CONFLICT);
        var other =
                kedge.run("runs", "start", "hello", "--delay", "1h", "--json").as(RunView.class);
        assertThat(kedge.run("runs", "terminate", other.id()).out()).contains("cancelled");
    }

    @Test
    void an_ended_run_can_be_repeated() {
        var failed = kedge.run("runs", "start", "angry", "--wait", "--json").as(RunView.class);

        var retried = kedge.run("runs", "retry", failed.id(), "--json").as(RunView.class);
        var rerun =
                kedge.run("runs", "rerun", failed.id(), "--payload", "[1]", "--json")
                        .as(RunView.class);

        assertThat(retried.origin()).isEqualTo(failed.id());
        assertThat(rerun.origin()).isEqualTo(failed.id());
        assertThat(rerun.payload()).hasToString("[1]");
        assertThat(kedge.run("runs", "get", rerun.id()).out()).contains(failed.id());
    }

    @Test
    void logs_are_shown_and_followed_to_the_end() {
        var run = kedge.run("runs", "start", "hello", "--wait", "--json").as(RunView.class);

        assertThat(kedge.run("runs", "logs", run.id()).out()).contains("INFO", "greeting world");
        assertThat(kedge.run("runs", "logs", run.id(), "--follow").out())
                .contains("greeting world");
        assertThat(kedge.run("runs", "logs", run.id(), "--json").as(LogPage.class).items())
                .isNotEmpty();
    }

    @Test
    void functions_have_versions_of_which_one_is_active() throws IOException {
        var file = folder.resolve("shout.js");
        Files.writeString(file, "export default async () => 'ONE';");
        assertThat(kedge.run("functions", "deploy", file.toString()).out()).contains("version 1");
        Files.writeString(file, "export default async () => 'TWO';");
        assertThat(kedge.run("functions", "deploy", file.toString(), "--no-promote").out())
                .contains("version 2, not active");

        assertThat(kedge.run("runs", "start", "shout", "-w").out()).contains("ONE");
        assertThat(kedge.run("functions", "promote", "shout", "2").exitCode()).isZero();

        assertThat(kedge.run("runs", "start", "shout", "-w").out()).contains("TWO");
        assertThat(kedge.run("functions", "versions", "shout").out()).contains("yes", "no");
        assertThat(kedge.run("functions", "list").out()).contains("shout", "hello");
        assertThat(kedge.run("functions", "deploy", "/no/such.ts").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void the_work_and_the_workers_can_be_looked_at() {
        assertThat(kedge.run("stats").out()).contains("JOB", "completed", "all");
        assertThat(kedge.run("workers").out())
                .contains(Long.toString(ProcessHandle.current().pid()));
    }
}
