package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Deployment;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.NewRun;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Outcome;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.testkit.ManualClock;
import dev.kedge.testkit.MemoryJournal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions whose work outlives the process it was begun in. */
@Timeout(60)
class DurableFunctionsTest {

    private static final Duration BUSY_MACHINE_MAX = Duration.ofSeconds(30);
    private static Bench bench;

    private final ManualClock clock = new ManualClock(Instant.parse("2030-01-01T00:00:00Z"));

    @BeforeAll
    static void open() {
        bench = new Bench(config -> config.withLimits(config.memoryBytesMax(), 1 << 20, 200));
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static Outcome attempt(Deployment code, MemoryJournal journal) throws Exception {
        return bench.run(code, new TestRun("null", journal));
    }

    private static List<String> pathsOf(MemoryJournal journal) {
        return journal.entries().stream()
                .filter(entry -> entry.position() != null)
                .map(entry -> entry.path().value())
                .toList();
    }

    private static OpenWait waitOf(MemoryJournal journal) {
        assertThat(journal.contents().waits()).hasSize(1);
        return journal.contents().waits().getFirst();
    }

    private static String result(Deployment code, MemoryJournal journal) throws Exception {
        return Bench.resultOf(attempt(code, journal));
    }

    @Test
    void a_step_is_carried_out_once_and_given_back_ever_after() throws Exception {
        var code =
                Bench.deployed(
                        "steps",
                        """
                        let calls = 0;
                        export default async (ctx) => {
                          const one = await ctx.step("one", () => ({ call: ++calls, at: new Date(0) }));
                          const none = await ctx.step("none", () => {});
                          return [one, none, calls];
                        };
                        """);
        var journal = new MemoryJournal(clock);

        assertThat(result(code, journal))
                .isEqualTo("[{\"call\":1,\"at\":\"1970-01-01T00:00:00.000Z\"},null,1]");
        assertThat(result(code, journal))
                .isEqualTo("[{\"call\":1,\"at\":\"1970-01-01T00:00:00.000Z\"},null,1]");
        assertThat(pathsOf(journal)).containsExactly("one", "none");
    }

    @Test
    void a_process_that_is_killed_leaves_its_steps_behind() throws Exception {
        var code =
                Bench.deployed(
                        "killed",
                        """
                        export default async (ctx) => {
                          const a = await ctx.step("a", () => crypto.randomUUID());
                          if (ctx.state.get("begun") === undefined) {
                            await ctx.state.set("begun", a);
                            console.log("ready to die");
                            await new Promise((resolve) => setTimeout(resolve, 60_000));
                          }
                          return a === ctx.state.get("begun");
                        };
                        """);
        var journal = new MemoryJournal(clock);
        var run = new TestRun("null", journal);
        var outcome = new CompletableFuture<Outcome>();
        Thread.startVirtualThread(() -> ShapesTest.answer(outcome, () -> bench.run(code, run)));
        run.awaitLine("ready to die");

        bench.functions.processes().stream()
                .filter(process -> process.run().equals(java.util.Optional.of(run.id)))
                .forEach(
                        process -> ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly());

        assertThat(Bench.failureOf(outcome.get()).code()).isEqualTo(Failure.Code.PROCESS_EXITED);
        assertThat(result(code, journal)).isEqualTo("true");
    }

    @Test
    void a_function_that_waits_is_suspended_and_its_process_goes_on_with_others() throws Exception {
        var code =
                Bench.deployed(
                        "sleeper",
                        """
                        let attempts = 0;
                        export default async (ctx) => {
                          attempts++;
                          await ctx.sleep("nap", "24h");
                          const event = await ctx.waitFor("paid", { match: { id: 7 }, timeout: "1h", name: "payment" });
                          const child = await ctx.invoke("ship", { to: "Ada" }, { key: 1 });
                          await ctx.sleepUntil("later", "2031-01-31T09:00:00Z");
                          return [event.payload, child, attempts];
                        };
                        """);
        var journal = new MemoryJournal(clock);

        assertThat(attempt(code, journal)).isEqualTo(new Outcome.Suspended());
        assertThat(waitOf(journal).path().value()).isEqualTo("nap");
        assertThat(waitOf(journal).wakeAt()).isEqualTo("2030-01-02T00:00:00Z");
        clock.advance(Duration.ofHours(24));
        assertThat(attempt(code, journal)).isEqualTo(new Outcome.Suspended());
        assertThat(waitOf(journal).path().value()).isEqualTo("payment");
        assertThat(waitOf(journal).topic()).isEqualTo(new Topic("paid"));
        assertThat(waitOf(journal).wakeAt()).isEqualTo("2030-01-02T01:00:00Z");
        journal.publish(new Topic("paid"), Payload.ofJson("{\"id\":7}"));
        assertThat(attempt(code, journal)).isEqualTo(new Outcome.Suspended());
        assertThat(waitOf(journal).path().value()).isEqualTo("invoke ship[1]");
        assertThat(journal.children())
                .singleElement()
                .isEqualTo(NewRun.of(new JobName("ship"), Payload.ofJson("{\"to\":\"Ada\"}")));
        journal.endChildren(_ -> Payload.ofJson("\"shipped\""));
        assertThat(attempt(code, journal)).isEqualTo(new Outcome.Suspended());
        assertThat(waitOf(journal).wakeAt()).isEqualTo("2031-01-31T09:00:00Z");
        clock.advance(Duration.ofDays(400));
        assertThat(result(code, journal)).isEqualTo("[{\"id\":7},\"shipped\",5]");
    }

    @Test
    void branches_run_side_by_side_and_wait_together() throws Exception {
        var code =
                Bench.deployed(
                        "branches",
                        """
                        export default async (ctx) => {
                          const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
                          return await ctx.all([
                            async () => { await pause(50); return await ctx.step("slow", () => "slow"); },
                            async () => { await ctx.sleep("nap", "1h"); return "woken"; },
                            ...[1, 2, 3].map((key) => () => ctx.step("n", { key }, () => key)),
                          ]);
                        };
                        """);
        var journal = new MemoryJournal(clock);

        assertThat(attempt(code, journal)).isEqualTo(new Outcome.Suspended());
        assertThat(pathsOf(journal))
                .containsExactlyInAnyOrder("n[1]", "n[2]", "n[3]", "slow")
                .endsWith("slow");
        clock.advance(Duration.ofHours(1));
        assertThat(result(code, journal)).isEqualTo("[\"slow\",\"woken\",1,2,3]");
    }

    @Test
    void code_that_no_longer_fits_fails_for_good_with_its_line() throws Exception {
        var journal = new MemoryJournal(clock);
        result(
                Bench.deployed(
                        "orders",
                        "export default async (ctx) => { await ctx.step('charge', () => 1); };"),
                journal);

        var outcome =
                attempt(
                        Bench.deployed(
                                "orders",
                                """
                                export default async (ctx) => {
                                  await ctx.step("charge-card", () => console.log("charged"));
                                };
                                """),
                        journal);

        assertThat(outcome).isInstanceOf(Outcome.FailedForGood.class);
        var failure = Bench.failureOf(outcome);
        assertThat(failure.code()).isEqualTo(Failure.Code.REPLAY_DIVERGED);
        assertThat(failure.message())
                .contains(
                        "step 'charge' (record 1 of 1) should come next, but the code asked for"
                                + " step 'charge-card' (orders.ts:2:13)");
        assertThat(failure.stack()).contains("orders.ts:2:13").doesNotContain("/kedge/", "blob:");
    }

    @Test
    void a_failed_step_is_tried_again_by_the_next_attempt() throws Exception {
        var code =
                Bench.deployed(
                        "unlucky",
                        """
                        let tries = 0;
                        export default async (ctx) => {
                          await ctx.step("before", () => 1);
                          return await ctx.step("pay", () => {
                            if (++tries === 1) throw new RangeError("declined");
                            return "paid";
                          });
                        };
                        """);
        var journal = new MemoryJournal(clock);

        var failure = Bench.failureOf(attempt(code, journal));

        assertThat(failure.type()).isEqualTo("StepError");
        assertThat(failure.message()).isEqualTo("declined");
        assertThat(failure.stack())
                .contains("(unlucky.ts:4:20)", "Caused by: RangeError: declined", "unlucky.ts:5:30")
                .doesNotContain("/kedge/", "blob:");
        assertThat(pathsOf(journal)).containsExactly("before");
        assertThat(result(code, journal)).isEqualTo("\"paid\"");
    }

    @Test
    void an_error_that_cannot_be_helped_fails_the_run_for_good() throws Exception {
        var code =
                """
                import { defineJob, NonRetryableError } from "@kedge/sdk";
                export default defineJob({}, (ctx) => ctx.step("pay", () => { throw new NonRetryableError("no card"); }));
                """;

        var outcome = bench.run(code);

        assertThat(outcome).isInstanceOf(Outcome.FailedForGood.class);
        assertThat(Bench.failureOf(outcome).message()).isEqualTo("no card");
    }

    @Test
    void clocks_outside_of_steps_are_warned_of_once() throws Exception {
        var code =
                Bench.deployed(
                        "clocks",
                        """
                        export default async (ctx) => {
                          const started = Date.now();
                          await ctx.step("one", () => Date.now() + Math.random());
                          for (let i = 0; i < 3; i++) Math.random();
                          const later = new Date(started), now = new Date();
                          return [now instanceof Date, now.constructor === Date, typeof Date(), later.getTime() === started];
                        };
                        """);
        var run = new TestRun("null");

        assertThat(Bench.resultOf(bench.run(code, run))).isEqualTo("[true,true,\"string\",true]");
        assertThat(run.messages())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "Date.now() was used outside of a step (clocks.ts:2:24)"),
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "Math.random() was used outside of a step (clocks.ts:4:"),
                        line -> assertThat(line).startsWith("new Date() was used"),
                        line -> assertThat(line).startsWith("Date() was used"));
    }

    @Test
    void clocks_of_functions_that_use_no_durable_verbs_are_their_own_business() throws Exception {
        var run = new TestRun("null");

        bench.run(Bench.deployed("plain", "export default () => Date.now() > Math.random();"), run);

        assertThat(run.lines).isEmpty();
    }

    @Test
    void what_the_journal_refuses_fails_the_attempt_whatever_the_code_catches() throws Exception {
        var failure =
                bench.failure(
                        """
                        export default async (ctx) => {
                          try { await ctx.invoke("No Such Name!", 1, { name: "child" }); } catch { return "caught"; }
                        };
                        """);

        assertThat(failure.message()).startsWith("invoke 'child' (hello.ts:2:19): ");
    }

    @Test
    void a_flood_of_steps_is_recorded_in_the_end() throws Exception {
        var code =
                Bench.deployed(
                        "flood",
                        """
                        export default async (ctx) => {
                          const all = await Promise.all(Array.from({ length: 5000 }, (_, i) => ctx.step("n", { key: i }, () => i)));
                          return all.reduce((sum, n) => sum + n, 0);
                        };
                        """);
        var journal = new MemoryJournal(clock);

        assertThat(result(code, journal)).isEqualTo("12497500");
        assertThat(pathsOf(journal)).hasSize(5_000);
        assertThat(result(code, journal)).isEqualTo("12497500");
    }

    @Test
    void a_run_of_a_hundred_thousand_steps_is_resumed_in_little_time_and_memory() throws Exception {
        var code =
                Bench.deployed(
                        "long",
                        """
                        export default async (ctx) => {
                          let sum = 0;
                          for (let i = 0; i < ctx.payload; i++) {
                            sum += await ctx.step("n", { key: i }, () => { throw new Error("was carried out"); });
                          }
                          return [sum, Deno.memoryUsage().rss];
                        };
                        """);
        var few = journalOf(1_000);
        var many = journalOf(100_000);
        var before = rss(bench.run(code, new TestRun("1000", few)));

        var started = System.nanoTime();
        var after = rss(bench.run(code, new TestRun("100000", many)));
        var took = Duration.ofNanos(System.nanoTime() - started);

        assertThat(took).isLessThan(BUSY_MACHINE_MAX); // About a second where nothing else runs.
        assertThat(after).isLessThan(2 * before);
    }

    private MemoryJournal journalOf(int steps) {
        var journal = new MemoryJournal(clock);
        for (var i = 0; i < steps; i++) {
            journal.complete(
                    Path.of("n", Integer.toString(i)), i, 1, Duration.ZERO, Payload.ofJson("1"));
        }
        return journal;
    }

    private static long rss(Outcome outcome) {
        return Replies.JSON.readTree(Bench.resultOf(outcome)).get(1).longValue();
    }

    @Test
    void timers_that_never_end_do_not_keep_a_run_awake_for_ever() throws Exception {
        var code =
                Bench.deployed(
                        "restless",
                        """
                        export default async (ctx) => {
                          setInterval(() => {}, 10);
                          await ctx.sleep("nap", "1h");
                        };
                        """);

        assertThat(attempt(code, new MemoryJournal(clock))).isEqualTo(new Outcome.Suspended());
        assertThat(bench.functions.processes())
                .noneMatch(process -> process.function().equals("restless"));
    }

    @Test
    void a_step_that_nothing_can_settle_fails_the_attempt() throws Exception {
        var failure =
                bench.failure(
                        "export default (ctx) => Promise.all([ctx.sleep('nap', '1h'),"
                                + " ctx.step('stuck', () => new Promise(() => {}))]);");

        assertThat(failure.message())
                .isEqualTo("the handler waits for a promise that nothing can settle any more");
    }

    @Test
    void built_ins_that_user_code_breaks_break_nothing_of_ours() throws Exception {
        var code =
                """
                const keep = { constructor: 1, exec: 1, flags: 1, size: 1 };
                for (const type of [Map, Set, WeakMap, Promise, Array, String, RegExp]) {
                  for (const name of Object.getOwnPropertyNames(type.prototype)) {
                    if (keep[name]) continue;
                    try { type.prototype[name] = () => { throw new Error("patched " + name); }; } catch {}
                  }
                }
                JSON.stringify = JSON.parse = () => { throw new Error("patched"); };
                export default async (ctx) => {
                  const a = await ctx.step("a", () => 1);
                  await ctx.emit("topic", { a });
                  await ctx.state.set("k", a);
                  return a + ctx.state.get("k");
                };
                """;

        assertThat(bench.result(code)).isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Response.json({ a: 1 })                                    | {"a":1}
                    new Response("text")                                       | "text"
                    new Response(null, { status: 204 })                        | null
                    Response.json({ status: "completed", result: [1] })        | [1]
                    Response.json({ status: "completed", result: 1, more: 2 }) | {"status":"completed","result":1,"more":2}
                    """)
    void a_good_response_is_a_result(String response, String result) throws Exception {
        assertThat(bench.result("export default { async fetch() { return " + response + "; } };"))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Response.json({ error: { code: "no_stock", message: "sold out" } }, { status: 409 }) | no_stock | sold out
                    new Response("oh dear", { status: 500 })                                             | http_500 | oh dear
                    """)
    void a_bad_response_is_a_failure(String response, String type, String message)
            throws Exception {
        var failure = bench.failure("export default { fetch: () => " + response + " };");

        assertThat(failure.type()).isEqualTo(type);
        assertThat(failure.message()).isEqualTo(message);
    }

    @Test
    void fetch_handlers_look_steps_up_by_name() throws Exception {
        var journal = new MemoryJournal(clock);
        var body =
                """
                import { JobContext } from '@reactor/jobs-sdk';
                export default {
                  async fetch(request: Request, _env: Env, ctx: JobContext): Promise<Response> {
                    const payload = await request.json();
                    const order = await ctx.step('%s', async () => ({ id: payload.orderId ?? request.headers.get('x-reactor-run-id').length }));
                    await ctx.step('charge', async () => console.log('charged'));
                    await ctx.emit('order.processed', { orderId: order.id });
                    return Response.json({ success: true, orderId: order.id });
                  },
                };
                """;

        assertThat(result(Bench.deployed("process-order", body.formatted("validate")), journal))
                .isEqualTo("{\"success\":true,\"orderId\":36}");
        assertThat(result(Bench.deployed("process-order", body.formatted("check")), journal))
                .isEqualTo("{\"success\":true,\"orderId\":36}");
        assertThat(pathsOf(journal))
                .isEqualTo(List.of("validate", "charge", "emit order.processed", "check"));
    }

    @Test
    void a_job_handler_is_a_handler() throws Exception {
        var code =
                """
                import { createJobHandler, JobError } from "@reactor/jobs-sdk";
                export default createJobHandler(async (ctx) => {
                  await ctx.sleep("nap", "1h");
                  throw new JobError("never reached");
                });
                """;

        assertThat(bench.run(code)).isEqualTo(new Outcome.Suspended());
    }
}
