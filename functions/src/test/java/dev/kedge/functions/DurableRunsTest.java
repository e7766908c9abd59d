package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Entry;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.LogLine;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Topic;
import dev.kedge.testkit.EngineExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Functions that outlive their processes, with a real engine, database and sandbox. */
@Timeout(120)
class DurableRunsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Functions FUNCTIONS = Functions.open(Bench.config());

    @RegisterExtension
    static final EngineExtension kedge =
            EngineExtension.with(engine -> engine.functions(FUNCTIONS.handlers()));

    @AfterAll
    static void close() {
        FUNCTIONS.close();
    }

    @Test
    void what_was_recorded_before_a_kill_is_not_done_again() throws Exception {
        deploy(
                "killed",
                """
                import { defineJob } from "@kedge/sdk";
                export default defineJob({ retry: { maxAttempts: 3, backoff: "fixed", initialDelay: "0s" } }, async (ctx) => {
                  const first = await ctx.step("first", () => { console.log("first"); return crypto.randomUUID(); });
                  await ctx.state.set("first", first);
                  await ctx.step("second", async () => {
                    console.log("second");
                    if (ctx.attempt < 3) {
                      ctx.progress({ message: `attempt ${ctx.attempt}` });
                      await new Promise((resolve) => setTimeout(resolve, 60_000));
                    }
                  });
                  return ctx.state.get("first") === first;
                });
                """);
        var id = start("killed", "null");

        for (var attempt = 1; attempt < 3; attempt++) {
            var message = "attempt " + attempt;
            awaitRun(id, run -> run.progress() != null && message.equals(run.progress().message()));
            kill(id);
        }
        var ended = kedge.engine().runs().await(id, PATIENCE);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("true"));
        assertThat(ended.attempt()).isEqualTo(3);
        assertThat(linesOf(id)).containsExactly("first", "second", "second", "second");
        assertThat(pathsOf(id)).containsExactly("first", "second");
    }

    @Test
    void a_sleep_holds_no_process_and_costs_no_attempt() throws Exception {
        deploy(
                "sleeper",
                """
                export default async (ctx) => {
                  const before = await ctx.step("before", () => Date.now());
                  await ctx.sleep("nap", "1s500ms");
                  return [ctx.attempt, await ctx.step("after", () => Date.now()) - before >= 1500];
                };
                """);
        var id = start("sleeper", "null");

        awaitRun(id, run -> run.state() == RunState.SLEEPING);
        assertThat(FUNCTIONS.processes())
                .noneMatch(process -> process.run().equals(Optional.of(id)));

        assertThat(kedge.engine().runs().await(id, PATIENCE).result())
                .isEqualTo(Payload.ofJson("[1,true]"));
        assertThat(pathsOf(id)).containsExactly("before", "nap", "after");
    }

    @Test
    void steps_that_run_side_by_side_are_recorded_side_by_side() throws Exception {
        deploy(
                "wide",
                """
                import { defineJob } from "@kedge/sdk";
                export default defineJob({ retry: { maxAttempts: 2, backoff: "fixed", initialDelay: "0s" } }, async (ctx) => {
                  const order = [];
                  await ctx.all(Array.from({ length: 200 }, (_, i) => async () => {
                    await ctx.step("item", { key: i }, () => new Promise((resolve) => setTimeout(() => resolve(i), (i * 7) % 20)));
                    order.push(i);
                  }), { concurrency: 40 });
                  const before = await ctx.step("order", () => order);
                  if (ctx.attempt === 1) throw new Error("once more");
                  return before.length === 200 && before.every((item, at) => item === order[at]);
                });
                """);

        assertThat(run("wide", "null").result()).isEqualTo(Payload.ofJson("true"));
    }

    @Test
    void code_that_takes_another_way_is_stopped_with_its_line() throws Exception {
        deploy(
                "fickle",
                """
                import { defineJob } from "@kedge/sdk";
                export default defineJob({ retry: { maxAttempts: 5, backoff: "fixed", initialDelay: "0s" } }, async (ctx) => {
                  await ctx.step("one", () => 1);
                  if (ctx.attempt === 1) {
                    await ctx.step("odd", () => 1);
                    throw new Error("again");
                  }
                  await ctx.step("even", () => console.log("carried out"));
                });
                """);
        var id = start("fickle", "null");

        var ended = kedge.engine().runs().await(id, PATIENCE);

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.attempt()).isEqualTo(2);
        var failure = Objects.requireNonNull(ended.failure());
        assertThat(failure.code()).isEqualTo(Failure.Code.REPLAY_DIVERGED);
        assertThat(failure.message())
                .contains(
                        "step 'odd' (record 2 of 2) should come next, but the code asked for step"
                                + " 'even' (fickle.ts:8:13)");
        assertThat(linesOf(id)).isEmpty();
        assertThat(kedge.engine().deadLetters().find(id)).isPresent();
    }

    @Test
    void events_wake_those_that_wait_for_them_and_are_published_once() throws Exception {
        deploy(
                "waiter",
                """
                export default async (ctx) => {
                  const event = await ctx.waitFor("order.paid", { match: { order: ctx.payload }, timeout: "1h" });
                  return event.payload;
                };
                """);
        deploy(
                "payer",
                """
                import { defineJob } from "@kedge/sdk";
                export default defineJob({ retry: { maxAttempts: 2, backoff: "fixed", initialDelay: "0s" } }, async (ctx) => {
                  await ctx.emit("order.paid", { order: 8, by: "Eve" });
                  await ctx.emit("order.paid", { order: 7, by: "Ada" });
                  if (ctx.attempt === 1) throw new Error("again");
                });
                """);
        var waiter = start("waiter", "7");
        awaitRun(waiter, run -> run.state() == RunState.SLEEPING);

        var payer = run("payer", "null");

        assertThat(payer.state()).isEqualTo(RunState.COMPLETED);
        assertThat(kedge.engine().runs().await(waiter, PATIENCE).result())
                .isEqualTo(Payload.ofJson("{\"order\":7,\"by\":\"Ada\"}"));
        assertThat(kedge.engine().events().list(new Topic("order.paid"), null, null, 10).items())
                .hasSize(2);
        assertThat(pathsOf(payer.id())).containsExactly("emit order.paid", "emit order.paid[2]");
    }

    @Test
    void a_wait_that_is_over_without_an_event_gives_null() throws Exception {
        deploy(
                "patient",
                "export default async (ctx) => await ctx.waitFor('never', { timeout: '300ms' });");

        var ended = run("patient", "null");

        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ended.result()).isEqualTo(Payload.NULL);
    }

    @Test
    void children_give_their_results_or_their_failures() throws Exception {
        deploy(
                "child",
                """
                import { defineJob, NonRetryableError } from "@kedge/sdk";
                export default defineJob({}, (ctx) => {
                  if (ctx.payload < 0) throw new NonRetryableError("below zero");
                  return Math.sqrt(ctx.payload);
                });
                """);
        deploy(
                "parent",
                """
                import { StepError } from "@kedge/sdk";
                export default async (ctx) => {
                  const roots = await ctx.all([4, 9].map((n) => () => ctx.invoke("child", n, { key: n })));
                  try {
                    await ctx.invoke("child", -1);
                  } catch (error) {
                    return [...roots, error instanceof StepError, error.step, error.message];
                  }
                };
                """);

        var ended = run("parent", "null");

        assertThat(Objects.requireNonNull(ended.result()).text())
                .startsWith("[2,3,true,\"invoke child\",")
                .contains("below zero");
    }

    @Test
    void a_child_of_a_job_that_is_not_there_fails_the_attempt() throws Exception {
        deploy(
                "orphan",
                """
                import { defineJob } from "@kedge/sdk";
                export default defineJob({ maxAttempts: 1 }, async (ctx) => {
                  try { await ctx.invoke("nobody"); } catch { return "caught"; }
                });
                """);

        var failure = Objects.requireNonNull(run("orphan", "null").failure());

        assertThat(failure.message())
                .startsWith("invoke 'invoke nobody' (orphan.ts:3:")
                .contains("nobody");
    }

    @Test
    void an_error_that_cannot_be_helped_ends_the_run_at_its_first_attempt() throws Exception {
        deploy(
                "hopeless",
                """
                import { defineJob, NonRetryableError } from "@kedge/sdk";
                export default defineJob({ maxAttempts: 9 }, (ctx) =>
                  ctx.step("pay", () => { throw new NonRetryableError("no card"); }));
                """);

        var ended = run("hopeless", "null");

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.attempt()).isEqualTo(1);
        assertThat(kedge.engine().deadLetters().find(ended.id())).isPresent();
    }

    @Test
    void a_worker_that_lost_its_lease_records_nothing() throws Exception {
        deploy(
                "robbed",
                """
                export default async (ctx) => {
                  await ctx.step("first", () => 1);
                  await ctx.step("second", async () => {
                    ctx.progress({ message: "here" });
                    await new Promise((resolve) => setTimeout(resolve, 300));
                  });
                };
                """);
        var id = start("robbed", "null");
        awaitRun(id, run -> run.progress() != null);

        kedge.engine().runs().terminate(id, "a test");
        while (FUNCTIONS.processes().stream()
                .anyMatch(process -> process.run().equals(Optional.of(id)))) {
            Thread.onSpinWait();
        }

        assertThat(kedge.engine().runs().get(id).state()).isEqualTo(RunState.CANCELLED);
        assertThat(pathsOf(id)).containsExactly("first");
    }

    @Test
    void a_cancelled_function_cleans_up_and_begins_nothing_new() throws Exception {
        deploy(
                "tidy",
                """
                export default async (ctx) => {
                  try {
                    await ctx.step("long", () => new Promise((resolve) => {
                      ctx.signal.addEventListener("abort", () => resolve("stopped"));
                      ctx.progress({ message: "here" });
                      setTimeout(resolve, 60_000);
                    }));
                    await ctx.step("next", () => 1);
                  } finally {
                    console.log("tidied up");
                  }
                };
                """);
        var id = start("tidy", "null");
        awaitRun(id, run -> run.progress() != null);

        kedge.engine().runs().cancel(id, "a test");

        assertThat(kedge.engine().runs().await(id, PATIENCE).state()).isEqualTo(RunState.CANCELLED);
        assertThat(linesOf(id)).containsExactly("tidied up");
        assertThat(pathsOf(id)).containsExactly("long");
    }

    @Test
    void a_thousand_items_are_fanned_out() throws Exception {
        deploy("fan-out", Files.readString(Path.of("..", "examples/fan-out/jobs/fan-out.ts")));

        var ended = run("fan-out", "{\"items\":1000}");

        assertThat(ended.result()).isEqualTo(Payload.ofJson("{\"items\":1000,\"cents\":102997}"));
        assertThat(pathsOf(ended.id())).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void a_trip_that_cannot_be_had_is_undone_and_leaves_a_dead_letter() throws Exception {
        deploy("saga", Files.readString(Path.of("..", "examples/saga/jobs/saga.ts")));

        var ended = run("saga", "{\"traveller\":\"Ada\",\"soldOut\":\"car\"}");

        assertThat(Objects.requireNonNull(ended.failure()).message())
                .isEqualTo("no trip for Ada: no car left");
        assertThat(pathsOf(ended.id()))
                .containsExactly(
                        "book flight", "book hotel", "book car", "cancel hotel", "cancel flight");
        assertThat(kedge.engine().deadLetters().find(ended.id())).isPresent();
    }

    private static void deploy(String function, String code) {
        FUNCTIONS.deploy(kedge.engine(), Namespace.DEFAULT, function, code, true);
    }

    private static RunId start(String job, String payload) {
        return kedge.engine()
                .runs()
                .enqueue(NewRun.of(new JobName(job), Payload.ofJson(payload)))
                .run();
    }

    private static Run run(String job, String payload) throws Exception {
        return kedge.engine().runs().await(start(job, payload), PATIENCE);
    }

    private static void awaitRun(RunId id, Predicate<Run> enough) throws Exception {
        assertThat(kedge.engine().runs().await(id, enough, PATIENCE)).matches(enough);
    }

    private static void kill(RunId id) {
        var process =
                FUNCTIONS.processes().stream()
                        .filter(candidate -> candidate.run().equals(Optional.of(id)))
                        .findAny()
                        .orElseThrow();
        ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
    }

    private static List<String> linesOf(RunId id) {
        return kedge.engine().runs().logs(id, LogLine.Position.START, 1_000).stream()
                .map(LogLine::message)
                .toList();
    }

    private static List<String> pathsOf(RunId id) {
        return kedge.engine().runs().journal(id, null, 2_000).entries().stream()
                .map(Entry::path)
                .map(Object::toString)
                .toList();
    }
}
