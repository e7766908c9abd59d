package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Backoff;
import dev.kedge.model.Entry;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RetryPolicy;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Topic;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What durable handlers may rely on, with a real database underneath. */
@Timeout(60)
class DurableTest {

    private final TestEngine db = new TestEngine();
    private final List<String> did = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void a_step_is_carried_out_once_however_often_its_run_is_tried() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(3),
                        context -> {
                            var order = context.step("validate", String.class, _ -> note("ok"));
                            context.step("charge", key -> note("charge " + order));
                            if (context.attempt() < 3) {
                                throw new IllegalStateException("not yet");
                            }
                            return order;
                        });
        var ended = carryOut(engine);

        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ended.attempt()).isEqualTo(3);
        assertThat(did).containsExactly("ok", "charge ok");
        assertThat(pathsOf(engine, ended.id())).containsExactly("validate", "charge");
    }

    @Test
    void void_and_null_are_outputs() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            context.step("nothing", _ -> note("void"));
                            var none = context.step("null", String.class, _ -> nothing("null"));
                            if (context.attempt() == 1) {
                                throw new IllegalStateException("again");
                            }
                            return String.valueOf(none);
                        });
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("\"null\""));
        assertThat(did).containsExactly("void", "null");
    }

    @Test
    void a_step_that_failed_its_attempt_is_tried_again_by_the_next() throws Exception {
        var tries = new AtomicInteger();
        var engine =
                start(
                        TestEngine.retriedAtOnce(3),
                        context -> {
                            context.step("before", _ -> note("before"));
                            return context.step(
                                    "flaky",
                                    Integer.class,
                                    _ -> {
                                        if (tries.incrementAndGet() < 3) {
                                            throw new IllegalStateException("no luck");
                                        }
                                        return tries.get();
                                    });
                        });
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("3"));
        assertThat(did).containsExactly("before");
        assertThat(engine.runs().journal(ended.id(), null, 10).entries())
                .filteredOn(entry -> entry.path().value().equals("flaky"))
                .singleElement()
                .extracting(Entry::tries)
                .isEqualTo(3);
    }

    @Test
    void a_failure_that_the_code_answered_stays_what_it_was() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            try {
                                context.step(
                                        "charge",
                                        _ -> {
                                            note("charge");
                                            throw new IllegalArgumentException("card refused");
                                        });
                            } catch (StepFailedException refused) {
                                context.step("refund", _ -> note("refund"));
                                if (context.attempt() == 1) {
                                    throw refused;
                                }
                                return refused.getMessage() + " " + refused.failure().type();
                            }
                            return "charged";
                        });
        var ended = carryOut(engine);

        assertThat(did).containsExactly("charge", "refund");
        assertThat(ended.result())
                .isEqualTo(Payload.ofJson("\"card refused java.lang.IllegalArgumentException\""));
    }

    @Test
    void a_step_has_retries_of_its_own() throws Exception {
        var tries = new AtomicInteger();
        var policy = new RetryPolicy(4, new Backoff.Table(List.of(Duration.ZERO)), 0);
        var engine =
                start(
                        TestEngine.retriedAtOnce(1),
                        context ->
                                context.step(
                                        Step.named("flaky").retrying(policy),
                                        Integer.class,
                                        _ -> {
                                            if (tries.incrementAndGet() < 4) {
                                                throw new IllegalStateException("no luck");
                                            }
                                            return tries.get();
                                        }));
        assertThat(carryOut(engine).result()).isEqualTo(Payload.ofJson("4"));
    }

    @Test
    void what_no_retry_can_mend_fails_at_once() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(9),
                        context -> {
                            context.step(
                                    "charge",
                                    _ -> {
                                        note("charge");
                                        throw new NonRetryableException("card stolen");
                                    });
                            return "";
                        });
        var ended = carryOut(engine);

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(TestEngine.failureOf(ended).message()).isEqualTo("card stolen");
        assertThat(did).hasSize(1);
    }

    @Test
    void a_name_is_used_once_unless_a_key_tells_its_uses_apart() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(1),
                        context -> {
                            for (var i = 0; i < 3; i++) {
                                context.step(Step.named("charge").keyed(i), _ -> {});
                            }
                            context.step("charge[1]", _ -> {});
                            return "";
                        });
        var ended = carryOut(engine);

        assertThat(TestEngine.failureOf(ended).message())
                .contains("'charge[1]' was used before")
                .contains("key of its own");
    }

    @Test
    void steps_inside_steps_are_refused() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(1),
                        context -> {
                            context.step("outer", _ -> context.step("inner", _ -> {}));
                            return "";
                        });
        assertThat(TestEngine.failureOf(carryOut(engine)).message())
                .contains("'inner' was begun inside step 'outer'");
    }

    @Test
    void branches_record_for_themselves_and_replay_in_any_order() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            var branches =
                                    IntStream.range(0, 50)
                                            .<Supplier<Integer>>mapToObj(
                                                    i -> () -> branch(context, i))
                                            .toList();
                            var sum = context.all(branches).stream().mapToInt(n -> n).sum();
                            if (context.attempt() == 1) {
                                throw new IllegalStateException("again");
                            }
                            return sum;
                        });
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("2450"));
        assertThat(did).hasSize(100).doesNotHaveDuplicates();
    }

    private int branch(RunContext context, int i) {
        var first =
                context.step(
                        Step.named("first").keyed(i), Integer.class, _ -> noted("first " + i, i));
        return first
                + context.step(
                        Step.named("second").keyed(i), Integer.class, _ -> noted("second " + i, i));
    }

    @Test
    void what_follows_branches_is_replayed_as_well() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            Supplier<Integer> one = () -> branch(context, 1);
                            Supplier<Integer> two = () -> branch(context, 2);
                            Supplier<Integer> nested = () -> context.all(List.of(two)).getFirst();
                            var sums = context.all(List.of(one, nested));
                            context.step("after", _ -> note("after " + sums));
                            if (context.attempt() == 1) {
                                throw new IllegalStateException("again");
                            }
                            return sums;
                        });
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("[2,4]"));
        assertThat(did).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void one_branch_that_fails_is_tried_again_and_the_others_are_not() throws Exception {
        var tries = new AtomicInteger();
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context ->
                                context.all(
                                        List.<Supplier<Integer>>of(
                                                () -> branch(context, 1),
                                                () ->
                                                        context.step(
                                                                "flaky",
                                                                Integer.class,
                                                                _ -> {
                                                                    if (tries.incrementAndGet()
                                                                            == 1) {
                                                                        throw new IllegalStateException(
                                                                                "no luck");
                                                                    }
                                                                    return 40;
                                                                }))));
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("[2,40]"));
        assertThat(did).containsExactly("first 1", "second 1");
    }

    @Test
    void code_that_no_longer_fits_the_journal_stops_and_carries_nothing_out_again()
            throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(3),
                        context -> {
                            context.step("validate", _ -> note("validate"));
                            context.step(
                                    context.attempt() == 1 ? "charge" : "bill",
                                    _ -> note("charge"));
                            throw new IllegalStateException("again");
                        });
        var ended = carryOut(engine);

        var failure = TestEngine.failureOf(ended);
        assertThat(failure.code()).isEqualTo(Failure.Code.REPLAY_DIVERGED);
        assertThat(failure.message())
                .contains("step 'charge' (record 2 of its journal) should have come next")
                .contains("step 'bill' at " + DurableTest.class.getName());
        assertThat(did).containsExactly("validate", "charge");
        assertThat(ended.attempt()).isEqualTo(2);
    }

    @Test
    void steps_in_another_order_are_noticed() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            var first = context.attempt() == 1;
                            context.step(first ? "a" : "b", _ -> {});
                            context.step(first ? "b" : "a", _ -> {});
                            throw new IllegalStateException("again");
                        });
        assertThat(TestEngine.failureOf(carryOut(engine)).message())
                .contains("step 'a' (record 1 of its journal) should have come next")
                .contains("the code came to step 'b'");
    }

    @Test
    void a_step_that_is_gone_is_noticed_at_the_end() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            context.step("a", _ -> {});
                            if (context.attempt() == 1) {
                                context.step("b", _ -> {});
                                throw new IllegalStateException("again");
                            }
                            return "";
                        });
        assertThat(TestEngine.failureOf(carryOut(engine)).message())
                .contains("step 'b'")
                .contains("the code came to an end");
    }

    @Test
    void a_sleep_frees_the_slot_costs_no_attempt_and_ends_in_time() throws Exception {
        var engine =
                db.start(builder ->
                        builder.config(EngineConfig.DEFAULT.withShortLease().withSlots(1))
                                .job(
                                        TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                        Integer.class,
                                        (_, _) -> "unused")
                                .job(
                                        TestEngine.job("sleeper", TestEngine.retriedAtOnce(1)),
                                        Integer.class,
                                        (_, context) -> {
                                            context.step("before", _ -> note("before"));
                                            context.sleep("nap", Duration.ofMillis(1_500));
                                            context.step("after", _ -> note("after"));
                                            return context.attempt();
                                        }));
        var run = engine.runs().enqueue(engine.newRun("sleeper", 1)).run();
        var asleep =
                engine.runs().await(run, now -> now.state() == RunState.SLEEPING, TestEngine.SOON);
        assertThat(asleep.state()).isEqualTo(RunState.SLEEPING);
        assertThat(engine.meters().slotsBusy()).isZero();

        var ended = engine.runs().await(run, TestEngine.SOON);
        assertThat(ended.result()).isEqualTo(Payload.ofJson("1"));
        assertThat(ended.attempt()).isEqualTo(1);
        assertThat(did).containsExactly("before", "after");
        var nap =
                engine.runs().journal(run, null, 10).entries().stream()
                        .filter(entry -> entry.path().value().equals("nap"))
                        .findFirst()
                        .orElseThrow();
        assertThat(Duration.between(nap.startedAt(), nap.endedAt()))
                .isBetween(Duration.ofMillis(1_500), Duration.ofMillis(3_500));
    }

    @Test
    void an_event_wakes_the_run_that_waits_for_it_and_no_other() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(1),
                        context ->
                                context.waitFor(
                                                EventWait.on("order.paid")
                                                        .matching(Map.of("order", 7)))
                                        .orElseThrow()
                                        .payload(Sum.class)
                                        .sum());
        var run = engine.runs().enqueue(engine.newRun("job", 1)).run();
        engine.runs().await(run, now -> now.state() == RunState.SLEEPING, TestEngine.SOON);
        assertThat(engine.runs().get(run))
                .satisfies(asleep -> assertThat(asleep.state()).isEqualTo(RunState.SLEEPING))
                .satisfies(asleep -> assertThat(asleep.dueAt()).isNull());
        var paid = new Topic("order.paid");
        engine.events().publish(paid, Payload.ofJson("{\"order\":8,\"sum\":1}"));
        engine.events().publish(new Topic("Order.Paid"), Payload.ofJson("{\"order\":7}"));
        engine.events().publish(paid, Payload.ofJson("{\"order\":7,\"sum\":42}"));

        assertThat(engine.runs().await(run, TestEngine.SOON).result())
                .isEqualTo(Payload.ofJson("42"));
    }

    @Test
    void a_match_that_postgresql_cannot_hold_does_not_pass_for_none() throws Exception {
        var tiny = new BigDecimal("1e-99999");
        var engine =
                start(
                        TestEngine.retriedAtOnce(1),
                        context ->
                                context.waitFor(EventWait.on("paid").matching(Map.of("sum", tiny)))
                                        .isPresent());
        assertThat(carryOut(engine).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void a_wait_may_run_out() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(1),
                        context ->
                                context.waitFor(
                                                EventWait.on("never")
                                                        .within(Duration.ofMillis(300)))
                                        .isPresent());
        assertThat(carryOut(engine).result()).isEqualTo(Payload.ofJson("false"));
    }

    @Test
    void a_child_gives_its_result_to_its_parent() throws Exception {
        var engine =
                db.start(builder ->
                        builder.job(
                                        TestEngine.job("square", TestEngine.retriedAtOnce(1)),
                                        Integer.class,
                                        (n, _) -> n * n)
                                .job(
                                        TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                        Integer.class,
                                        (_, context) ->
                                                context.all(
                                                        IntStream.range(0, 5)
                                                                .<Supplier<Integer>>mapToObj(i ->
                                                                        () ->
                                                                                context.invoke(
                                                                                        "of-" + i,
                                                                                        engineRun(
                                                                                                "square",
                                                                                                i),
                                                                                        Integer
                                                                                                .class))
                                                                .toList())));
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("[0,1,4,9,16]"));
        assertThat(ended.attempt()).isEqualTo(1);
    }

    private static NewRun engineRun(String job, int payload) {
        return NewRun.of(new JobName(job), Payload.ofJson(String.valueOf(payload)));
    }

    @Test
    void a_childs_failure_is_its_parents_to_hear() throws Exception {
        var engine =
                db.start(builder ->
                        builder.job(
                                        TestEngine.job("bad", TestEngine.retriedAtOnce(1)),
                                        _ -> {
                                            throw new IllegalStateException("no luck");
                                        })
                                .job(
                                        TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                        Integer.class,
                                        (_, context) -> {
                                            try {
                                                return context.invoke("bad", 1, String.class);
                                            } catch (StepFailedException failed) {
                                                return failed.getMessage();
                                            }
                                        }));
        assertThat(String.valueOf(carryOut(engine).result())).contains("failed: no luck");
    }

    @Test
    void what_the_journal_refuses_ends_the_attempt_whatever_the_code_catches() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            try {
                                return context.invoke("nobody", 1, String.class);
                            } catch (Exception caught) {
                                return "went on";
                            }
                        });
        var ended = carryOut(engine);

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(TestEngine.failureOf(ended).message()).contains("nobody");
        assertThat(ended.attempt()).isEqualTo(2);
    }

    @Test
    void cancelling_a_parent_cancels_its_children() throws Exception {
        var begun = new CountDownLatch(1);
        var engine =
                db.start(builder ->
                        builder.job(
                                        TestEngine.job("child", TestEngine.retriedAtOnce(1)),
                                        context -> {
                                            begun.countDown();
                                            var told = new CountDownLatch(1);
                                            context.onCancel(told::countDown);
                                            told.await();
                                            return new Outcome.Cancelled("told");
                                        })
                                .job(
                                        TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                        Integer.class,
                                        (_, context) -> context.invoke("child", 1, String.class)));
        var run = engine.runs().enqueue(engine.newRun("job", 1)).run();
        begun.await();
        engine.runs().await(run, now -> now.state() == RunState.SLEEPING, TestEngine.SOON);
        var child = engine.runs().journal(run, null, 10).waits().getFirst().child();
        engine.runs().cancel(run, "a person");

        var ended = engine.runs().await(Objects.requireNonNull(child), TestEngine.SOON);
        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.cause().parent()).isEqualTo(run);
    }

    @Test
    void state_outlives_attempts() throws Exception {
        var engine =
                start(
                        TestEngine.retriedAtOnce(3),
                        context -> {
                            var count = context.state().get("count", Integer.class).orElse(0) + 1;
                            context.state().set("count", count);
                            context.state().set("gone", true);
                            context.state().delete("gone");
                            if (count < 3) {
                                throw new IllegalStateException("again");
                            }
                            return count;
                        });
        var ended = carryOut(engine);

        assertThat(ended.result()).isEqualTo(Payload.ofJson("3"));
        assertThat(engine.runs().state(ended.id())).containsOnlyKeys("count");
    }

    @Test
    void an_event_starts_one_run_for_each_trigger_and_is_emitted_once() throws Exception {
        var heard = new CountDownLatch(1);
        var engine =
                db.start(builder ->
                        builder.job(
                                        TestEngine.job("hear", TestEngine.retriedAtOnce(1)),
                                        context -> {
                                            note(context.payload().text());
                                            heard.countDown();
                                            return new Outcome.Succeeded(Payload.NULL);
                                        })
                                .job(
                                        TestEngine.job("job", TestEngine.retriedAtOnce(2)),
                                        Integer.class,
                                        (_, context) -> {
                                            context.emit("said", Map.of("n", 1));
                                            if (context.attempt() == 1) {
                                                throw new IllegalStateException("again");
                                            }
                                            return "";
                                        }));
        var job = new JobName("hear");
        var topic = new Topic("said");
        engine.triggers().onEvent(job, topic, null);
        carryOut(engine);

        heard.await();
        var event = engine.events().list(topic, true, null, 10).items();
        assertThat(event).singleElement().satisfies(said -> assertThat(said.started()).hasSize(1));
        assertThat(did).containsExactly("{\"n\":1}");
    }

    @Test
    void a_dead_letter_is_retried_where_the_run_stopped() throws Exception {
        var broken = new AtomicBoolean(true);
        var engine =
                start(
                        TestEngine.retriedAtOnce(2),
                        context -> {
                            context.step("first", _ -> note("first"));
                            context.step(
                                    "second",
                                    _ -> {
                                        if (broken.get()) {
                                            throw new IllegalStateException("down");
                                        }
                                        note("second");
                                    });
                            return "done";
                        });
        var failed = carryOut(engine);
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(engine.deadLetters().list(null, false, null, 10).items())
                .singleElement()
                .satisfies(letter -> assertThat(letter.run()).isEqualTo(failed.id()));
        broken.set(false);
        var again = engine.deadLetters().retry(failed.id(), false).run();

        var ended = engine.runs().await(again, TestEngine.SOON);
        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(ended.origin()).isEqualTo(failed.id());
        assertThat(did).containsExactly("first", "second");
        assertThat(engine.deadLetters().find(failed.id())).isEmpty();
        assertThatThrownBy(() -> engine.deadLetters().retry(failed.id(), false))
                .isInstanceOf(KedgeException.NotFound.class);
    }

    record Sum(int order, int sum) {}

    private Engine start(JobPolicy policy, Function<RunContext, Object> handler) {
        return db.start(builder ->
                builder.job(
                        TestEngine.job("job", policy),
                        Integer.class,
                        (_, context) -> handler.apply(context)));
    }

    private Run carryOut(Engine engine) throws InterruptedException {
        var run = engine.runs().enqueue(engine.newRun("job", 1)).run();
        return engine.runs().await(run, TestEngine.SOON);
    }

    private static List<String> pathsOf(Engine engine, RunId run) {
        return engine.runs().journal(run, null, 100).entries().stream()
                .map(entry -> entry.path().value())
                .toList();
    }

    private String note(String what) {
        did.add(what);
        return what;
    }

    private @Nullable String nothing(String what) {
        did.add(what);
        return null;
    }

    private <T> T noted(String what, T value) {
        did.add(what);
        return value;
    }
}
