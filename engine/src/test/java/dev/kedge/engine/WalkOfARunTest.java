package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.RunState;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WalkOfARunTest {

    record Greeting(String name) {}

    private static final TestEngine DB = new TestEngine();
    private static Engine engine;

    @BeforeAll
    static void start() {
        engine =
                DB.start(builder ->
                        builder.job(
                                "greet",
                                Greeting.class,
                                (greeting, context) -> "Hello " + greeting.name()));
    }

    @AfterAll
    static void stop() {
        DB.close();
    }

    @Test
    void a_submitted_payload_is_handled_and_its_result_kept() throws Exception {
        var run = engine.runs().enqueue(engine.newRun("greet", new Greeting("Ada"))).run();

        var ended = engine.runs().await(run, TestEngine.SOON);

        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(engine.result(ended, String.class)).isEqualTo("Hello Ada");
        assertThat(ended.attempt()).isEqualTo(1);
        assertThat(ended.startedAt()).isNotNull();
    }

    @Test
    void many_runs_are_each_handled_once() throws Exception {
        var runs =
                IntStream.range(0, 2_000)
                        .mapToObj(i -> engine.newRun("greet", new Greeting("no. " + i)))
                        .toList();

        var enqueued = engine.runs().enqueueAll(runs);

        for (var run : List.copyOf(enqueued)) {
            assertThat(engine.runs().await(run.run(), TestEngine.SOON).state())
                    .isEqualTo(RunState.COMPLETED);
        }
        assertThat(DB.number("select count(*) from kedge.active_run")).isZero();
        assertThat(DB.number("select count(*) from kedge.attempt")).isZero();
    }
}
