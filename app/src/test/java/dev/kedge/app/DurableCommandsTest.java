package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.DeadLetterPage;
import dev.kedge.api.DeadLetterView;
import dev.kedge.api.EventPage;
import dev.kedge.api.Problem;
import dev.kedge.api.PublishedView;
import dev.kedge.api.RetriedView;
import dev.kedge.api.RunView;
import dev.kedge.api.StateView;
import dev.kedge.api.StepPage;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import dev.kedge.cli.ExitCode;
import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EventWait;
import dev.kedge.engine.NonRetryableException;
import dev.kedge.engine.RunContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands about journals, events and dead letters, against a server and a Java worker. */
@Timeout(120)
class DurableCommandsTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String NOBODY = "0190a0a0-0000-7000-8000-000000000001";

    @TempDir private static Path folder;
    private static Engine worker;
    private static Assembly assembly;
    private static Console kedge;

    @BeforeAll
    static void start() {
        var url = TestPostgres.freshDatabase();
        var postgres = TestPostgres.shared();
        worker =
                Engine.connect(url, postgres.user(), postgres.password())
                        .job("echo", Object.class, (payload, _) -> payload)
                        .job("order", Object.class, DurableCommandsTest::order)
                        .job("nap", Object.class, DurableCommandsTest::nap)
                        .job("stumble", Object.class, DurableCommandsTest::stumble)
                        .start();
        assembly =
                Servers.start(
                        folder, new Database.External(url, postgres.user(), postgres.password()));
        kedge = Console.of(assembly, assembly.newKey().orElseThrow());
    }

    @AfterAll
    static void stop() {
        assembly.close();
        worker.stop(Duration.ofSeconds(2));
    }

    private static String order(Object payload, RunContext run) {
        run.step("charge", String.class, _ -> "charged " + payload);
        run.state().set("stage", "charged");
        return run.waitFor(EventWait.on("order.shipped").matching(Map.of("order", payload)))
                .map(event -> "shipped")
                .orElseThrow();
    }

    private static String nap(Object payload, RunContext run) {
        run.sleep("nap", Duration.ofHours(1));
        return "rested";
    }

    private static String stumble(Object payload, RunContext run) {
        run.step("look", String.class, _ -> "a stone");
        throw new NonRetryableException("stumbled over a stone");
    }

    @Test
    void a_sleeping_run_says_what_it_waits_for_and_an_event_lets_it_go_on() {
        var run = sleeping("order", "7");

        assertThat(kedge.run("runs", "get", run).out())
                .containsPattern("waits for +an event on order.shipped");
        var steps = kedge.run("runs", "steps", run).out();
        assertThat(steps.lines().toList())
                .satisfiesExactly(
                        heading ->
                                assertThat(heading)
                                        .contains(
                                                "PATH", "KIND", "ATTEMPT", "TRIES", "TOOK",
                                                "OUTPUT"),
                        charge ->
                                assertThat(charge)
                                        .containsPattern("charge +step +1 +1 .*ms +\"charged 7\""),
                        wait ->
                                assertThat(wait)
                                        .containsPattern(
                                                "wait order.shipped +wait .*waits for an event on"));
        assertThat(kedge.run("runs", "steps", run, "--json").as(StepPage.class).waits()).hasSize(1);
        assertThat(kedge.run("runs", "state", run).out()).containsPattern("stage .*\"charged\"");
        assertThat(kedge.run("runs", "state", run, "--json").as(StateView.class).items())
                .hasSize(1);

        var sent =
                kedge.run("events", "send", "order.shipped", "-p", "{\"order\":7}", "--json")
                        .as(PublishedView.class);

        assertThat(kedge.run("runs", "get", run, "--wait").out().strip()).isEqualTo("\"shipped\"");
        assertThat(
                        kedge.run(
                                        "events",
                                        "list",
                                        "--topic",
                                        "order.shipped",
                                        "--consumed",
                                        "true")
                                .out())
                .contains(sent.id());
    }

    @Test
    void a_run_that_sleeps_says_until_when() {
        var run = sleeping("nap", "null");

        assertThat(kedge.run("runs", "get", run).out())
                .containsPattern("waits for +until \\d{4}-\\d\\d-\\d\\dT");
        assertThat(kedge.run("runs", "steps", run).out()).contains("sleeps until ");
        assertThat(kedge.run("runs", "cancel", run).exitCode()).isZero();
    }

    @Test
    void a_trigger_starts_runs_for_events_until_it_is_disabled_or_deleted() {
        var made =
                kedge.run(
                                "triggers",
                                "create",
                                "echo",
                                "--topic",
                                "sold",
                                "--match",
                                "{\"big\": true}",
                                "--json")
                        .as(TriggerView.class);

        var sent = kedge.run("events", "send", "sold", "-p", "{\"big\":true}");
        assertThat(sent.out()).contains("was published on sold");
        var event =
                await().atMost(SOON)
                        .until(
                                () ->
                                        kedge.run("events", "list", "--topic", "sold", "--json")
                                                .as(EventPage.class)
                                                .items()
                                                .getFirst(),
                                found -> found.consumedAt() != null);
        var run = event.started().getFirst();
        assertThat(kedge.run("runs", "get", run).out())
                .contains(made.id(), event.id(), "{\"big\":true}");
        assertThat(kedge.run("events", "list", "--topic", "sold").out()).contains(run);
        assertThat(kedge.run("triggers", "list", "echo").out())
                .contains(made.id(), "{\"big\": true}", "enabled");
        assertThat(kedge.run("triggers", "disable", "echo", made.id()).out()).contains("disabled");
        assertThat(kedge.run("triggers", "enable", "echo", made.id()).out()).contains("enabled");
        assertThat(kedge.run("triggers", "delete", "echo", made.id()).exitCode()).isZero();
        assertThat(kedge.run("triggers", "delete", "echo", made.id()).exitCode())
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(kedge.run("triggers", "list", "echo", "--json").as(TriggersView.class).items())
                .isEmpty();
    }

    @Test
    void a_schedule_is_previewed_made_and_read() {
        assertThat(
                        kedge.run(
                                        "triggers",
                                        "preview",
                                        "--schedule",
                                        "30 2 * * *",
                                        "--zone",
                                        "Europe/Berlin",
                                        "--after",
                                        "2027-03-27T12:00:00Z",
                                        "--count",
                                        "1")
                                .out())
                .contains("2027-03-28T01:00:00Z", "there is no 02:30 on that day");
        var made =
                kedge.run(
                                "triggers",
                                "create",
                                "echo",
                                "--schedule",
                                "every 1s",
                                "--overlap",
                                "cancelRunning",
                                "--catch-up",
                                "none",
                                "--payload",
                                "[1]",
                                "--json")
                        .as(TriggerView.class);
        assertThat(kedge.run("triggers", "list", "echo").out())
                .contains(made.id(), "every 1s", "cron");
        await().atMost(SOON)
                .until(() ->
                        kedge.run("triggers", "decisions", "echo", made.id())
                                .out()
                                .contains("started run"));
        assertThat(kedge.run("triggers", "delete", "echo", made.id()).exitCode()).isZero();
        assertThat(kedge.run("triggers", "create", "echo", "--schedule", "@dayly").err())
                .contains("did you mean '@daily'");
        assertThat(kedge.run("triggers", "create", "echo").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(
                        kedge.run(
                                        "triggers",
                                        "create",
                                        "echo",
                                        "--schedule",
                                        "@daily",
                                        "--overlap",
                                        "often")
                                .err())
                .contains("skip, allow, queue, cancelRunning");
    }

    @Test
    void dead_letters_are_listed_shown_retried_and_dropped() {
        var first = failed();
        var second = failed();

        assertThat(kedge.run("dlq", "list", "--job", "stumble").out())
                .contains(first, second, "stumbled over a stone");
        assertThat(kedge.run("dlq", "list", "--poisoned").out()).contains("No dead letters");
        assertThat(kedge.run("dlq", "show", first).out())
                .contains(first, "stumble", "handler_failed", "stumbled over a stone");
        assertThat(kedge.run("dlq", "show", first, "--json").as(DeadLetterView.class).attempts())
                .isEqualTo(1);

        var again = kedge.run("dlq", "retry", first, "--json").as(RunView.class);
        assertThat(again.origin()).isEqualTo(first);
        assertThat(kedge.run("dlq", "retry", first).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        ended(again.id());

        var both = kedge.run("dlq", "drop", second, NOBODY, again.id());
        assertThat(both.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(both.out()).contains("2 dropped, 1 refused");
        assertThat(both.err()).contains(NOBODY);
        assertThat(kedge.run("dlq", "show", second).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void many_dead_letters_are_retried_at_once() {
        var first = failed();
        var second = failed();

        var named = kedge.run("dlq", "retry", first, second, NOBODY, "--json");
        var results = named.as(RetriedView.class);
        assertThat(named.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(results.items())
                .extracting(RetriedView.Item::letter)
                .containsExactly(first, second, NOBODY);
        assertThat(results.retried()).isEqualTo(2);
        results.items().stream()
                .map(RetriedView.Item::run)
                .filter(r -> r != null)
                .forEach(this::ended);

        var ofJob = kedge.run("dlq", "retry", "--job", "stumble", "--fresh", "--json");
        assertThat(ofJob.exitCode()).isZero();
        assertThat(ofJob.as(RetriedView.class).retried()).isGreaterThanOrEqualTo(2);
        ofJob.as(RetriedView.class).items().forEach(item -> ended(String.valueOf(item.run())));
        var all = kedge.run("dlq", "retry", "--all");
        assertThat(all.out()).contains("retried", " repeats ");
        kedge.run("dlq", "list", "--json")
                .as(DeadLetterPage.class)
                .items()
                .forEach(letter -> kedge.run("dlq", "drop", letter.run()));
    }

    @Test
    void a_retry_says_which_letters_it_means() {
        for (var line : new String[] {"", "--poisoned", "--all --job x", NOBODY + " --all"}) {
            var ended = kedge.run(("dlq retry " + line).strip().split(" ", -1));
            assertThat(ended.exitCode()).as(line).isEqualTo(ExitCode.USAGE);
        }
        assertThat(kedge.run("dlq", "drop").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_failed_run_is_retried_from_the_beginning_if_asked_for() {
        var run = failed();

        var fresh = kedge.run("runs", "retry", run, "--fresh", "--json").as(RunView.class);

        assertThat(fresh.origin()).isEqualTo(run);
        ended(fresh.id());
        assertThat(kedge.run("runs", "steps", fresh.id()).out()).contains("look", "\"a stone\"");
        assertThat(kedge.run("runs", "retry", run).exitCode()).isZero();
    }

    @Test
    void what_is_wrong_is_named() {
        var topic = kedge.run("events", "send", "a b", "--json");
        assertThat(topic.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(topic.as(Problem.class).errors())
                .extracting(Problem.At::pointer)
                .containsExactly("/topic");
        assertThat(kedge.run("events", "send", "a", "-p", "{").exitCode())
                .isEqualTo(ExitCode.USAGE);
        var match = kedge.run("triggers", "create", "echo", "--topic", "a", "--match", "{a}");
        assertThat(match.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(match.err()).contains("--match");
        assertThat(kedge.run("triggers", "create", "echo").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(kedge.run("triggers", "list", "nowhere").exitCode())
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(kedge.run("events", "list", "--consumed", "maybe").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(kedge.run("runs", "steps", NOBODY).exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(kedge.run("runs", "state", "x").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    private static String sleeping(String job, String payload) {
        var run = kedge.run("runs", "start", job, "-p", payload, "--json").as(RunView.class).id();
        await().atMost(SOON)
                .until(
                        () -> kedge.run("runs", "get", run, "--json").as(RunView.class).state(),
                        "sleeping"::equals);
        return run;
    }

    private static String failed() {
        var run = kedge.run("runs", "start", "stumble", "--wait", "--json").as(RunView.class);
        assertThat(run.state()).isEqualTo("failed");
        return run.id();
    }

    private void ended(String run) {
        assertThat(kedge.run("runs", "get", run, "--wait").exitCode())
                .isEqualTo(ExitCode.RUN_FAILED);
    }
}
