package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** How processes come, are kept, and go. */
@Timeout(60)
@Isolated // It looks at every process that this one has started.
class PoolTest {

    private static final String PID = "export default () => 1;";

    @Test
    void a_process_is_replaced_after_its_attempts() throws Exception {
        try (var bench = new Bench(config -> config.withAttemptsPerProcess(2))) {
            var count = Bench.deployed("count", "let n = 0; export default () => ++n;");

            assertThat(bench.result(count, "1")).isEqualTo("1");
            assertThat(bench.result(count, "1")).isEqualTo("2");
            assertThat(bench.result(count, "1")).isEqualTo("1");
        }
    }

    @Test
    void an_idle_process_ends() throws Exception {
        try (var bench =
                new Bench(config -> config.withProcesses(2, 0).withIdle(Duration.ofMillis(50)))) {
            bench.result(PID);
            while (!bench.functions.processes().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(bench.result(PID)).isEqualTo("1");
        }
    }

    @Test
    void there_are_never_more_processes_than_allowed_and_all_attempts_get_one() throws Exception {
        try (var bench = new Bench(config -> config.withProcesses(2, 0))) {
            var outcomes = new ArrayList<CompletableFuture<Outcome>>();
            for (var i = 0; i < 8; i++) {
                var code =
                        Bench.deployed(
                                "f" + i % 4,
                                "export default () => new Promise(r => setTimeout(() => r(1), 20));");
                var outcome = new CompletableFuture<Outcome>();
                outcomes.add(outcome);
                Thread.startVirtualThread(() ->
                        ShapesTest.answer(outcome, () -> bench.run(code, new TestRun("null"))));
            }
            while (!outcomes.stream().allMatch(CompletableFuture::isDone)) {
                assertThat(bench.functions.processes()).hasSizeLessThanOrEqualTo(2);
            }
            for (var outcome : outcomes) {
                assertThat(Bench.resultOf(outcome.get())).isEqualTo("1");
            }
        }
    }

    @Test
    void two_namespaces_share_no_process() throws Exception {
        try (var bench = new Bench(config -> config)) {
            var code =
                    "export default () => { globalThis.seen = (globalThis.seen ?? 0) + 1; return globalThis.seen; };";
            var mine = Bench.deployed(new Namespace("mine"), "count", code);
            var yours = Bench.deployed(new Namespace("yours"), "count", code);

            assertThat(bench.result(mine, "1")).isEqualTo("1");
            assertThat(bench.result(yours, "1")).isEqualTo("1");
            assertThat(bench.result(mine, "1")).isEqualTo("2");
            assertThat(bench.functions.processes())
                    .extracting(FunctionProcess::namespace)
                    .containsExactlyInAnyOrder(new Namespace("mine"), new Namespace("yours"));
        }
    }

    @Test
    void nothing_is_left_after_closing_though_a_function_is_at_work() throws Exception {
        var run = new TestRun("null");
        var outcome = new CompletableFuture<Outcome>();
        var pids = new ArrayList<Long>();
        var before = ProcessHandle.current().descendants().toList();
        try (var bench = new Bench(config -> config)) {
            bench.result(PID);
            var stuck =
                    Bench.deployed(
                            "stuck", "export default () => { console.log('on'); for (;;); };");
            Thread.startVirtualThread(
                    () -> ShapesTest.answer(outcome, () -> bench.run(stuck, run)));
            run.awaitLine("on");
            pids.addAll(startedSince(before));
            assertThat(pids).hasSizeGreaterThan(1);
        }

        assertThat(pids).allMatch(PoolTest::isGone);
        assertThat(Bench.failureOf(outcome.get()).message()).contains("it was stopped");
    }

    @Test
    void nothing_is_left_after_closing_though_a_process_is_just_starting() {
        for (var i = 0; i < 20; i++) {
            var before = ProcessHandle.current().descendants().toList();
            try (var _ = new Bench(config -> config.withProcesses(4, 2))) {
                while (startedSince(before).isEmpty()) {
                    Thread.onSpinWait();
                }
            }

            assertThat(startedSince(before)).allMatch(PoolTest::isGone);
        }
    }

    private static List<Long> startedSince(List<ProcessHandle> before) {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> !before.contains(process))
                .map(ProcessHandle::pid)
                .toList();
    }

    @Test
    void nothing_is_left_of_a_server_that_was_killed() throws Exception {
        var server =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                StuckServer.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var said = server.inputReader()) {
            assertThat(said.readLine()).isEqualTo("on");
            var left = server.descendants().map(ProcessHandle::pid).toList();
            assertThat(left).hasSizeGreaterThan(1);

            server.destroyForcibly().waitFor();

            while (!left.stream().allMatch(PoolTest::isGone)) {
                Thread.onSpinWait();
            }
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void a_closed_pool_takes_nothing() throws Exception {
        var bench = new Bench(config -> config);
        bench.close();

        assertThatThrownBy(() -> bench.result(PID)).isInstanceOf(KedgeException.Unavailable.class);
    }

    @Test
    void a_missing_deno_is_said_with_what_to_do() {
        assertThatThrownBy(() -> DenoBinary.find(null, List.of(Path.of("nowhere"))))
                .hasMessageContaining("npm ci --ignore-scripts")
                .hasMessageContaining("KEDGE_DENO")
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> DenoBinary.find(Path.of("/no/deno"), List.of()))
                .hasMessage("there is no executable Deno at /no/deno");
    }

    /** A process that has ended may wait for somebody to take note of it. */
    private static boolean isGone(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.contains(") Z ");
        } catch (IOException noSuchProcess) {
            return true;
        }
    }
}
