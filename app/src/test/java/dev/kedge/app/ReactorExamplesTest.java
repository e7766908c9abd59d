package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.DeadLetterPage;
import dev.kedge.api.EventPage;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.cli.ExitCode;
import dev.kedge.embedded.TestPostgres;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Functions as Reactor's documentation has them, from their deployment to their end. */
@Timeout(120)
class ReactorExamplesTest {

    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir private static Path folder;
    private static String url;
    private static Assembly assembly;
    private static Console kedge;

    @BeforeAll
    static void start() {
        url = TestPostgres.freshDatabase();
        var postgres = TestPostgres.shared();
        assembly =
                Servers.start(
                        folder, new Database.External(url, postgres.user(), postgres.password()));
        kedge = Console.of(assembly, assembly.newKey().orElseThrow());
        for (var example : List.of("process-order", "cooling-off")) {
            var file = Servers.home().resolve("examples/%s/jobs/%s.ts".formatted(example, example));
            done("functions", "deploy", file.toString());
        }
    }

    @AfterAll
    static void stop() {
        assembly.close();
    }

    private static Console.Ended done(String... arguments) {
        var ended = kedge.run(arguments);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.DONE);
        return ended;
    }

    @Test
    void an_order_is_validated_charged_and_announced() {
        var payload = "{\"orderId\":\"ord_123\"}";

        var ended = done("runs", "start", "process-order", "--payload", payload, "--wait");

        assertThat(ended.out().strip()).isEqualTo("{\"success\":true,\"orderId\":\"ord_123\"}");
        var run =
                done("runs", "list", "--job", "process-order", "--state", "completed", "--json")
                        .as(RunPage.class)
                        .items()
                        .getFirst()
                        .id();
        assertThat(done("runs", "steps", run).out().lines().toList())
                .satisfiesExactly(
                        heading -> assertThat(heading).startsWith("PATH"),
                        step -> assertThat(step).containsPattern("validate +step .*\"ord_123\""),
                        step -> assertThat(step).containsPattern("charge +step .*1000"),
                        step -> assertThat(step).containsPattern("emit order.processed +emit "));
        assertThat(done("runs", "logs", run).out()).contains("charging 1000 cents for ord_123");
        var events =
                done("events", "list", "--topic", "order.processed", "--json").as(EventPage.class);
        assertThat(events.items())
                .singleElement()
                .satisfies(event ->
                        assertThat(event.payload()).hasToString("{\"orderId\":\"ord_123\"}"));
    }

    @Test
    void an_order_that_is_no_order_leaves_a_dead_letter_that_can_be_retried() {
        var failed =
                kedge.run(
                        "runs", "start", "process-order", "-p", "{}", "--max-attempts", "1", "-w");
        assertThat(failed.exitCode()).isEqualTo(ExitCode.RUN_FAILED);

        var letter =
                done("dlq", "list", "--job", "process-order", "--json")
                        .as(DeadLetterPage.class)
                        .items()
                        .getFirst();
        assertThat(letter.failure().message()).isEqualTo("an order needs an orderId");
        var again = done("dlq", "retry", letter.run(), "--json").as(RunView.class);

        assertThat(again.origin()).isEqualTo(letter.run());
        assertThat(done("runs", "list", "--job", "process-order", "--state", "failed").out())
                .contains(letter.run());
    }

    @Test
    void a_sleep_of_a_day_gives_the_worker_back_and_its_end_repeats_no_step() throws SQLException {
        var run =
                done(
                                "runs",
                                "start",
                                "cooling-off",
                                "-p",
                                "{\"email\":\"ada@example.org\"}",
                                "--json")
                        .as(RunView.class)
                        .id();
        await().atMost(SOON).until(() -> get(run).state(), "sleeping"::equals);
        assertThat(done("runs", "steps", run).out())
                .containsPattern("send-welcome +step")
                .contains("sleeps until ")
                .doesNotContain("follow-up");
        assertThat(Duration.between(get(run).createdAt(), get(run).dueAt()))
                .isBetween(Duration.ofHours(24), Duration.ofHours(24).plus(SOON));

        aDayPasses();

        assertThat(done("runs", "get", run, "--wait").out().strip())
                .isEqualTo("{\"welcomed\":\"ada@example.org\"}");
        assertThat(get(run).attempt()).isEqualTo(1);
        assertThat(done("runs", "logs", run).out())
                .containsOnlyOnce("welcome, ada@example.org")
                .containsOnlyOnce("how do you like it, ada@example.org?");
    }

    private static RunView get(String run) {
        return done("runs", "get", run, "--json").as(RunView.class);
    }

    /** For the rows, which is all that a sleeping run is. */
    private static void aDayPasses() throws SQLException {
        var postgres = TestPostgres.shared();
        try (var connection =
                        DriverManager.getConnection(url, postgres.user(), postgres.password());
                var statement = connection.createStatement()) {
            statement.execute(
                    "update kedge.wait set wake_at = wake_at - interval '1 day' where over_at is null");
            statement.execute(
                    "update kedge.active_run set due_at = due_at - interval '1 day' where state = 'sleeping'");
        }
    }
}
