package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Deployment;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.testkit.ManualClock;
import dev.kedge.testkit.MemoryJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The functions of {@code examples/}, as they stand there. */
class ExamplesTest {

    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench(config -> config);
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static List<String> pathsOf(MemoryJournal journal) {
        return journal.entries().stream().map(entry -> entry.path().value()).toList();
    }

    private static Deployment example(String name) throws IOException {
        var file = Path.of("..", "examples", name, "jobs", name + ".ts");
        return Bench.deployed(name, Files.readString(file));
    }

    @Test
    void an_order_is_processed() throws Exception {
        var run = new TestRun("{\"orderId\":\"ord_123\"}");

        assertThat(Bench.resultOf(bench.run(example("process-order"), run)))
                .isEqualTo("{\"success\":true,\"orderId\":\"ord_123\"}");
        assertThat(run.messages()).containsExactly("charging 1000 cents for ord_123");
        assertThat(pathsOf(run.journal()))
                .containsExactly("validate", "charge", "emit order.processed");
    }

    @Test
    void a_user_is_asked_a_day_later_and_not_if_there_is_an_answer() throws Exception {
        var user = "{\"email\":\"ada@example.org\",\"name\":\"Ada\"}";
        var onboarding = example("onboarding");
        var clock = new ManualClock(Instant.EPOCH);
        var journal = new MemoryJournal(clock);
        assertThat(bench.run(onboarding, new TestRun(user, journal)))
                .isEqualTo(new Outcome.Suspended());
        clock.advance(Duration.ofHours(24));
        assertThat(bench.run(onboarding, new TestRun(user, journal)))
                .isEqualTo(new Outcome.Suspended());

        journal.publish(new Topic("mail.received"), Payload.ofJson("{\"text\":\"Thanks!\"}"));

        assertThat(Bench.resultOf(bench.run(onboarding, new TestRun(user, journal))))
                .endsWith("\"answered\":\"Thanks!\"}");
        assertThat(pathsOf(journal))
                .containsExactly("send-welcome", "cooling-off", "wait mail.received");
    }

    @Test
    void a_thousand_items_are_fanned_out() throws Exception {
        var run = new TestRun("{\"items\":1000}");

        assertThat(Bench.resultOf(bench.run(example("fan-out"), run)))
                .isEqualTo("{\"items\":1000,\"cents\":102997}");
        assertThat(pathsOf(run.journal())).hasSize(1_000);
    }

    @Test
    void a_trip_that_cannot_be_had_is_undone() throws Exception {
        var run = new TestRun("{\"traveller\":\"Ada\",\"soldOut\":\"car\"}");

        var outcome = bench.run(example("saga"), run);

        assertThat(outcome).isInstanceOf(Outcome.FailedForGood.class);
        assertThat(Bench.failureOf(outcome).message()).isEqualTo("no trip for Ada: no car left");
        assertThat(pathsOf(run.journal()))
                .isEqualTo(
                        List.of(
                                "book flight",
                                "book hotel",
                                "book car",
                                "cancel hotel",
                                "cancel flight"));
    }
}
