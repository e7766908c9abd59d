package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.LogLevel;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ways to write a function, and what it is given. */
class ShapesTest {

    private static Bench bench;

    @BeforeAll
    static void open() {
        bench =
                new Bench(config ->
                        config.withEnvironment(Map.of("KEDGE_REGION", "north", "KEDGE_EMPTY", "")));
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @Test
    void a_default_export_is_a_handler() throws Exception {
        var code = "export default async (ctx) => ({ hello: ctx.payload.name });";

        assertThat(bench.result(Bench.deployed("hello", code), "{\"name\":\"Ada\"}"))
                .isEqualTo("{\"hello\":\"Ada\"}");
    }

    @Test
    void a_defined_job_is_a_handler() throws Exception {
        var code =
                """
                import { defineJob } from "@kedge/sdk";
                export default defineJob({ name: "greet", timeout: "5s" }, async (ctx) => ctx.attempt);
                """;

        assertThat(bench.result(code)).isEqualTo("2");
    }

    @Test
    void what_serve_was_given_is_a_handler() throws Exception {
        var code =
                """
                serve({}, {
                  onJob: async (payload) => {
                    if (payload.type === "email") {
                      return { delivered: true };
                    }
                  },
                });
                """;
        var deployed = Bench.deployed("mail", code);

        assertThat(bench.result(deployed, "{\"type\":\"email\"}"))
                .isEqualTo("{\"delivered\":true}");
        assertThat(bench.result(deployed, "{\"type\":\"other\"}")).isEqualTo("null");
    }

    @Test
    void typescript_runs_as_it_is_written() throws Exception {
        var code =
                """
                enum Size { Small = 1, Large }
                interface Box<T> { readonly value: T }
                abstract class Shape { constructor(protected readonly sides: number) {} abstract area(): number; }
                class Square extends Shape { area(): number { return this.sides ** 2; } }
                const box = { value: Size.Large } satisfies Box<Size>;
                export default async (ctx: { payload: unknown }): Promise<number> =>
                  new Square(3).area() + box.value + (ctx.payload as number);
                """;

        assertThat(bench.result(Bench.deployed("shapes", code), "100")).isEqualTo("111");
    }

    @Test
    void the_context_says_which_run_this_is() throws Exception {
        var code =
                """
                export default async (ctx) =>
                  [ctx.runId, ctx.jobName, ctx.namespace, ctx.attempt, ctx.failures, ctx.isCancelled];
                """;
        var run = new TestRun("null");

        assertThat(Bench.resultOf(bench.run(Bench.deployed("who", code), run)))
                .isEqualTo("[\"" + run.id + "\",\"test\",\"default\",2,1,false]");
    }

    @Test
    void any_json_comes_and_goes_unharmed() throws Exception {
        var echo = Bench.deployed("echo", "export default (ctx) => ctx.payload;");

        for (var json :
                new String[] {
                    "null",
                    "true",
                    "0",
                    "-1.5",
                    "\"\"",
                    "\"a\\u0000b\\ud83d\\ude00\"",
                    "[]",
                    "{}",
                    "{\"__proto__\":{\"x\":1},\"constructor\":2}",
                    "[[[[1]]]]"
                }) {
            assertThat(Replies.JSON.readTree(bench.result(echo, json)))
                    .isEqualTo(Replies.JSON.readTree(json));
        }
    }

    @Test
    void a_payload_of_the_largest_size_comes_and_goes() throws Exception {
        var echo = Bench.deployed("echo", "export default (ctx) => ctx.payload;");
        var large = "\"" + "x".repeat(Payload.BYTES_MAX - 2) + "\"";

        assertThat(bench.result(echo, large)).isEqualTo(large);
        assertThat(bench.result(echo, "1")).isEqualTo("1");
        assertThat(bench.result(echo, large)).isEqualTo(large);
    }

    @Test
    void progress_is_told_in_either_form_and_the_newest_report_arrives() throws Exception {
        var code =
                """
                export default async (ctx) => {
                  ctx.progress(10, "begun");
                  await new Promise((resolve) => setTimeout(resolve, 30));
                  ctx.progress({ processed: 5, total: 10, message: "half", data: { rows: [1] } });
                  for (let i = 0; i < 5000; i++) ctx.progress(i / 50);
                  ctx.progress({ processed: 10, total: 10 });
                };
                """;
        var run = new TestRun("null");

        Bench.resultOf(bench.run(Bench.deployed("steps", code), run));

        assertThat(run.reports.getFirst()).isEqualTo(Progress.percent(10, "begun"));
        assertThat(run.reports)
                .contains(new Progress(null, 5L, 10L, "half", Payload.ofJson("{\"rows\":[1]}")));
        assertThat(run.lastReport()).isEqualTo(new Progress(null, 10L, 10L, null, null));
        assertThat(run.reports).hasSizeLessThan(1_000);
    }

    @Test
    void a_progress_report_that_makes_no_sense_is_an_error_of_the_function() throws Exception {
        var failure = bench.failure("export default (ctx) => ctx.progress('half');");

        assertThat(failure.message()).contains("percent must be a finite number, got half");
    }

    @Test
    void what_is_logged_keeps_its_level_and_order() throws Exception {
        var code =
                """
                export default async (ctx) => {
                  ctx.log.debug("one"); ctx.log.info("two", { a: [1] }); ctx.log.warn("three"); ctx.log.error(new Error("four").message);
                  console.debug("five"); console.log("six %s is %d%%", "x", 7, "rest"); console.warn("seven"); console.error("eight");
                };
                """;
        var run = new TestRun("null");

        Bench.resultOf(bench.run(Bench.deployed("logs", code), run));

        assertThat(run.lines)
                .containsExactly(
                        new TestRun.Line(LogLevel.DEBUG, "one"),
                        new TestRun.Line(LogLevel.INFO, "two { a: [ 1 ] }"),
                        new TestRun.Line(LogLevel.WARN, "three"),
                        new TestRun.Line(LogLevel.ERROR, "four"),
                        new TestRun.Line(LogLevel.DEBUG, "five"),
                        new TestRun.Line(LogLevel.INFO, "six x is 7% rest"),
                        new TestRun.Line(LogLevel.WARN, "seven"),
                        new TestRun.Line(LogLevel.ERROR, "eight"));
    }

    @Test
    void text_printed_past_the_console_is_logged_too() throws Exception {
        var code =
                """
                import fs from "node:fs";
                import process from "node:process";
                export default async () => {
                  Deno.stdout.writeSync(new TextEncoder().encode("by Deno\\n"));
                  process.stdout.write("by process\\n");
                  fs.writeSync(1, "by fs\\nand no line break");
                  return 1;
                };
                """;
        var run = new TestRun("null");

        assertThat(Bench.resultOf(bench.run(Bench.deployed("prints", code), run))).isEqualTo("1");
        assertThat(run.messages())
                .containsExactly("by Deno", "by process", "by fs", "and no line break");
    }

    @Test
    void cancelling_aborts_the_signal_while_the_handler_waits() throws Exception {
        var code =
                """
                export default (ctx) => new Promise((resolve) => {
                  const timer = setTimeout(() => resolve("never told"), 60_000);
                  ctx.signal.addEventListener("abort", () => {
                    clearTimeout(timer);
                    resolve([ctx.isCancelled, ctx.signal.reason.name]);
                  });
                  console.log("waiting");
                });
                """;
        var deployed = Bench.deployed("patient", code);
        var run = new TestRun("null");
        var outcome = new CompletableFuture<Outcome>();
        Thread.startVirtualThread(() -> answer(outcome, () -> bench.run(deployed, run)));
        run.awaitLine("waiting");

        run.cancel();

        assertThat(Bench.resultOf(outcome.get())).isEqualTo("[true,\"AbortError\"]");
        var next = new TestRun("null");
        assertThat(
                        Bench.resultOf(
                                bench.run(
                                        Bench.deployed(
                                                "next", "export default (ctx) => ctx.isCancelled"),
                                        next)))
                .isEqualTo("false");
    }

    @Test
    void the_environment_has_what_is_configured_and_nothing_else() throws Exception {
        var code =
                """
                import process from "node:process";
                export default () => [
                  Deno.env.get("KEDGE_REGION"), Deno.env.has("KEDGE_EMPTY"), Deno.env.get("PATH") ?? null,
                  Deno.env.toObject(), process.env.KEDGE_REGION, process.env.PATH ?? null,
                ];
                """;

        var seen = bench.result(code);

        assertThat(Replies.JSON.readTree(seen))
                .isEqualTo(
                        Replies.JSON.readTree(
                                "[\"north\",true,null,{\"KEDGE_REGION\":\"north\",\"KEDGE_EMPTY\":\"\"},\"north\",null]"));
    }

    @Test
    void a_process_is_warm_for_its_own_deployment_only() throws Exception {
        var code = "let calls = 0; export default () => ++calls;";
        var one = Bench.deployed("count", code);
        var other = Bench.deployed("count", code);

        assertThat(bench.result(one, "null")).isEqualTo("1");
        assertThat(bench.result(other, "null")).isEqualTo("1");
        assertThat(bench.result(one, "null")).isEqualTo("2");
    }

    static void answer(
            CompletableFuture<Outcome> outcome, java.util.concurrent.Callable<Outcome> call) {
        try {
            outcome.complete(call.call());
        } catch (Exception thrown) { // Whatever it is, the test that waits shall see it.
            outcome.completeExceptionally(thrown);
        }
    }
}
