package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Failure;
import dev.kedge.model.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that mean harm, or do it by mistake. */
@Timeout(60)
class SandboxTest {

    private static final Duration KILL_MAX = Duration.ofSeconds(10);
    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench(config -> config.withLimits(160L << 20, 100_000, 200));
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @Test
    void an_endless_loop_is_killed_when_it_is_interrupted() throws Exception {
        var stuck =
                Bench.deployed(
                        "loop",
                        "export default (ctx) => { console.log('on'); if (ctx.payload) for (;;); return 1; };");
        var run = new TestRun("true");
        var outcome = new CompletableFuture<Outcome>();
        var thread =
                Thread.ofVirtual()
                        .start(() -> ShapesTest.answer(outcome, () -> bench.run(stuck, run)));
        run.awaitLine("on");
        var pid = pidOf(run);

        var before = System.nanoTime();
        thread.interrupt();

        assertThatThrownBy(outcome::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        awaitGone(pid);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(KILL_MAX);
        assertThat(bench.result(stuck, "false")).isEqualTo("1");
    }

    @Test
    void a_process_that_is_killed_from_outside_fails_its_attempt() throws Exception {
        var waits =
                Bench.deployed(
                        "waits",
                        "export default () => new Promise(r => { console.log('on'); setTimeout(r, 60000); });");
        var run = new TestRun("null");
        var outcome = new CompletableFuture<Outcome>();
        Thread.startVirtualThread(() -> ShapesTest.answer(outcome, () -> bench.run(waits, run)));
        run.awaitLine("on");

        ProcessHandle.of(pidOf(run)).orElseThrow().destroyForcibly();

        var failure = Bench.failureOf(outcome.get());
        assertThat(failure.code()).isEqualTo(Failure.Code.PROCESS_EXITED);
        assertThat(failure.message()).contains("killed by a signal");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // The heap of JavaScript, memory outside of it, and memory of WebAssembly.
                "const a = []; for (;;) a.push(new Array(100_000).fill(Math.random()));",
                "const a = []; for (;;) { const b = new Uint8Array(5e6); b.fill(1); a.push(b); }",
                "const m = []; for (;;) { const w = new WebAssembly.Memory({ initial: 160, maximum: 160 });"
                        + " new Uint8Array(w.buffer).fill(1); m.push(w); }",
                "let s = 'x'; for (;;) s += s + Math.random();",
            })
    void allocating_without_end_ends_the_attempt(String body) throws Exception {
        var failure = bench.failure("export default () => { " + body + " };");

        assertThat(failure.message()).isNotEmpty();
        if (!"Invalid string length".equals(failure.message())) {
            assertThat(failure.code()).isEqualTo(Failure.Code.OUT_OF_MEMORY);
        }
        assertThat(bench.result("export default () => 1;")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for (let i = 0; i < 1e6; i++) console.log('x'.repeat(100));",
                "const b = new Uint8Array(1e6).fill(120); for (let i = 0; i < 20; i++) Deno.stdout.writeSync(b);",
                "const b = new Uint8Array(1e6).fill(10); for (let i = 0; i < 5; i++) Deno.stderr.writeSync(b);",
            })
    void a_flood_of_output_is_cut_and_said_so(String body) throws Exception {
        var run = new TestRun("null");

        var outcome =
                bench.run(
                        Bench.deployed("flood", "export default () => { " + body + " return 1; };"),
                        run);

        assertThat(Bench.resultOf(outcome)).isEqualTo("1");
        assertThat(run.lines).hasSize(201);
        assertThat(run.messages().getLast()).startsWith("the output was cut here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "new Deno.Command('/bin/sh').outputSync()",
                "(await import('node:child_process')).execSync('id')",
                "Deno.dlopen('/lib/x86_64-linux-gnu/libc.so.6', {})",
                "await fetch('http://127.0.0.1:5432/')",
                "await Deno.connect({ hostname: '127.0.0.1', port: 5432 })",
                "await Deno.resolveDns('example.com', 'A')",
                "Deno.listen({ port: 0 })",
                "(await import('node:net')).connect(5432, '127.0.0.1')"
                        + " && await new Promise((_, no) => setTimeout(() => no(new Error('no way out')), 200))",
                "new WebSocket('ws://127.0.0.1:5432/') && await new Promise(() => {})",
                "Deno.readTextFileSync('/etc/passwd')",
                "(await import('node:fs')).readFileSync('/etc/passwd')",
                "Deno.writeTextFileSync('/tmp/x', 'x')",
                "Deno.readTextFileSync('/proc/self/environ')",
                "Deno.readDirSync('/')",
                "Deno.kill(99)",
                "Deno.hostname()",
                "Deno.env.set('KEDGE_X', '1')",
                "await import('file:///etc/passwd', { with: { type: 'text' } })",
                "await import('file:///kedge/probe.js')",
                "await import('file:///kedge/imports.json', { with: { type: 'json' } })",
                "await import('https://example.com/x.js')",
                "await import('npm:lodash')",
                "(await import('node:module')).createRequire('file:///kedge/x.js')('./imports.json')",
                "new (await import('node:inspector')).Session().connect()",
                "new Worker('data:text/javascript,1')",
            })
    void there_is_no_way_out(String attempt) throws Exception {
        var outcome = bench.run("export default async () => { " + attempt + "; return 'out'; };");

        assertThat(Bench.failureOf(outcome).message()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import t from '/etc/passwd' with { type: 'text' }; export default () => t;",
                "import t from 'file:///etc/passwd' with { type: 'text' }; export default () => t;",
                "import t from 'file:///etc/passwd' with { type: 'bytes' }; export default () => t;",
                "import t from 'file:///CANARY' with { type: 'json' }; export default () => t;",
                "export { default } from 'file:///CANARY';",
            })
    void host_files_cannot_be_imported(String code, @TempDir Path folder) throws Exception {
        var canary = readableCanary(folder);

        var failure = bench.failure(code.replace("/CANARY", canary.toString()));

        assertThat(failure.code()).isEqualTo(Failure.Code.BAD_CODE);
        assertThat(failure.message() + failure.stack()).doesNotContain("root:", "tweet");
    }

    /** What keeps host files away even if Deno's own checks were to fail. */
    @Test
    void the_process_lives_where_host_files_do_not_exist() throws Exception {
        var run = new TestRun("null");
        var outcome = new CompletableFuture<Outcome>();
        var thread =
                Thread.startVirtualThread(() ->
                        ShapesTest.answer(
                                outcome,
                                () ->
                                        bench.run(
                                                Bench.deployed(
                                                        "rooted",
                                                        "export default () => { console.log('on'); for (;;); };"),
                                                run)));
        run.awaitLine("on");
        var process = Path.of("/proc", Long.toString(pidOf(run)));
        var report = bench.functions.sandbox();

        if (report.active().stream().anyMatch(layer -> layer.startsWith("a root folder"))) {
            assertThat(process.resolve("root/etc")).doesNotExist();
            assertThat(process.resolve("root/deno")).exists();
            assertThat(Files.readString(process.resolve("net/dev"))).doesNotContain("eth0");
        }
        if (report.active().contains("a user of its own")) {
            assertThat(Files.readString(process.resolve("status")))
                    .containsPattern("Uid:\\s+58\\d+\\s")
                    .containsPattern("CapEff:\\s+0+\\n")
                    .containsPattern("CapBnd:\\s+0+\\n")
                    .containsPattern("NoNewPrivs:\\s+1");
        }
        assertThat(Files.readString(process.resolve("environ")))
                .doesNotContain("JAVA", "HOME", "USER");
        assertThat(bench.functions.sandbox().toString()).startsWith("sandbox level ");
        thread.interrupt();
        assertThatThrownBy(outcome::get).hasCauseInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Frames that look like a verdict, with a secret made up or left out.
                """
                const frame = new Uint8Array(60); frame[19] = 1; frame[20] = 2; frame[24] = 15;
                frame.set(new TextEncoder().encode('0{"forged":true}'), 25);
                Deno.stdout.writeSync(frame);
                (await import("node:fs")).writeSync(1, frame);
                """,
                "for (let i = 0; i < 64; i++) Deno.stdout.writeSync(new Uint8Array(i).fill(i));",
                // Built-ins that anything else in this realm might rely on.
                """
                JSON.stringify = () => '{"forged":true}'; JSON.parse = () => ({ forged: true });
                Promise.prototype.then = function () { throw new Error("patched"); };
                Array.prototype[Symbol.iterator] = function* () { yield "forged"; };
                Array.prototype.push = () => 0; Function.prototype.call = () => "forged";
                Function.prototype.bind = () => () => "forged"; Reflect.apply = () => "forged";
                TextEncoder.prototype.encode = () => new Uint8Array([49]);
                TextDecoder.prototype.decode = () => '{"forged":true}';
                Uint8Array.prototype.set = () => {}; String.prototype.slice = () => "forged";
                Object.getPrototypeOf(Uint8Array.prototype).set = () => {};
                Object.getPrototypeOf(Uint8Array.prototype).subarray = () => new Uint8Array(0);
                globalThis.setTimeout = () => 0; globalThis.Uint8Array = null;
                Object.defineProperty(Object.prototype, "forged", { value: true, enumerable: true, writable: true });
                """,
            })
    void a_result_is_what_the_handler_returned_and_nothing_else(String harm) throws Exception {
        var code =
                Bench.deployed(
                        "forger",
                        "export default async (ctx) => { if (ctx.payload) { "
                                + harm
                                + " } return { honest: 1 }; };");

        assertThat(bench.result(code, "true")).contains("\"honest\":1").doesNotContain("true");
        assertThat(bench.result(code, "false")).contains("\"honest\":1").doesNotContain("true");
    }

    @Test
    void every_object_may_say_how_it_is_written_but_the_envelope_stays_ours() throws Exception {
        var code =
                """
                Object.prototype.toJSON = function () { return "said so itself"; };
                export default async () => { return { honest: 1 }; };
                """;

        assertThat(bench.result(code)).isEqualTo("\"said so itself\"");
        assertThat(bench.failure(code.replace("return { honest: 1 }", "throw new Error('true')")))
                .extracting(Failure::message)
                .isEqualTo("true");
    }

    @Test
    void nothing_of_a_function_moves_between_its_attempts() throws Exception {
        var code =
                Bench.deployed(
                        "leftover",
                        """
                        let ticks = 0;
                        setInterval(() => ticks++, 1);
                        export default async (ctx) => {
                          if (ctx.payload) await new Promise((r) => setTimeout(r, ctx.payload));
                          return ticks;
                        };
                        """);
        bench.result(code, "30");
        var before = Integer.parseInt(bench.result(code, "0"));

        bench.result("export default () => new Promise(r => setTimeout(r, 300));");

        assertThat(Integer.parseInt(bench.result(code, "0"))).isLessThan(before + 100);
    }

    private static long pidOf(TestRun run) {
        return bench.functions.processes().stream()
                .filter(process -> process.run().equals(java.util.Optional.of(run.id)))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    @Test
    void the_walls_are_the_same_wherever_the_runtime_folder_lies(@TempDir Path folder) {
        var elsewhere =
                FunctionsConfig.of(Bench.config().deno(), folder.resolve("kedge/functions"))
                        .withWeakSandboxAllowed(true)
                        .withProcesses(1, 0);
        try (var functions = Functions.open(elsewhere)) {
            assertThat(functions.sandbox()).isEqualTo(bench.functions.sandbox());
        }
    }

    private static void awaitGone(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    }

    private static Path readableCanary(Path folder) throws IOException {
        return Files.writeString(folder.resolve("canary.json"), "{\"says\":\"tweet\"}");
    }
}
