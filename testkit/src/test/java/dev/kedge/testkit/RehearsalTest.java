package dev.kedge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.engine.EventWait;
import dev.kedge.engine.Handler;
import dev.kedge.engine.RunContext;
import dev.kedge.engine.Step;
import dev.kedge.engine.StepFailedException;
import dev.kedge.model.Failure;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Handlers that run for days, tested in milliseconds. */
class RehearsalTest {

    private final List<String> did = Collections.synchronizedList(new ArrayList<>());

    record Signup(String name) {}

    private String onboard(Signup signup, RunContext context) {
        context.step("welcome", _ -> did.add("welcome " + signup.name()));
        context.sleep("cooling-off", Duration.ofHours(24));
        context.step("follow-up", _ -> did.add("follow up " + signup.name()));
        return "onboarded";
    }

    @Test
    void a_day_passes_when_the_test_says_so() {
        var rehearsal = Rehearsal.of(Handler.of(Signup.class, this::onboard), "{\"name\":\"Ada\"}");

        assertThat(rehearsal.go()).isEqualTo(new Outcome.Suspended());
        rehearsal.advance(Duration.ofHours(23));
        assertThat(rehearsal.go()).isEqualTo(new Outcome.Suspended());
        rehearsal.advance(Duration.ofHours(1));
        assertThat(rehearsal.go())
                .isEqualTo(new Outcome.Succeeded(Payload.ofJson("\"onboarded\"")));
        assertThat(did).containsExactly("welcome Ada", "follow up Ada");
    }

    @Test
    void a_handler_is_given_the_secrets_that_the_test_names() {
        var handler =
                Handler.of(
                        String.class,
                        (name, context) -> context.secrets().getRequired(name).length());

        assertThat(Rehearsal.of(handler, "\"key\"").secret("key", "12345678").go())
                .isEqualTo(new Outcome.Succeeded(Payload.ofJson("8")));
        assertThat(Rehearsal.of(handler, "\"key\"").go())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed ->
                                assertThat(failed.failure().message())
                                        .isEqualTo("Required secret 'key' not found"));
    }

    @Test
    void a_thousand_branches_sleep_and_go_on() {
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (items, context) ->
                                        context
                                                .all(
                                                        IntStream.range(0, items)
                                                                .<Supplier<Integer>>mapToObj(i ->
                                                                        () -> square(context, i))
                                                                .toList())
                                                .stream()
                                                .mapToInt(n -> n)
                                                .sum()),
                        "1000");

        assertThat(rehearsal.go()).isEqualTo(new Outcome.Suspended());
        rehearsal.advance(Duration.ofMinutes(1));
        assertThat(rehearsal.go()).isEqualTo(new Outcome.Succeeded(Payload.ofJson("332833500")));
        assertThat(did).hasSize(1_000).doesNotHaveDuplicates();
    }

    private int square(RunContext context, int i) {
        var square =
                context.step(
                        Step.named("square").keyed(i),
                        Integer.class,
                        key -> {
                            did.add(key);
                            return i * i;
                        });
        context.sleep("nap-" + i, Duration.ofMinutes(1));
        return square;
    }

    /** Books two things and takes the first one back if the second cannot be had. */
    private String book(Integer failing, RunContext context) {
        var done = new ArrayList<String>();
        try {
            for (var leg : List.of("flight", "hotel", "car")) {
                context.step(
                        leg,
                        _ -> {
                            did.add(leg);
                            if (did.size() == failing) {
                                throw new IllegalStateException("no " + leg);
                            }
                        });
                done.add(leg);
            }
            return "booked";
        } catch (StepFailedException refused) {
            for (var leg : done.reversed()) {
                context.step("cancel-" + leg, _ -> did.add("cancel " + leg));
            }
            return "cancelled";
        }
    }

    @Test
    void a_saga_takes_back_what_it_did() {
        var rehearsal = Rehearsal.of(Handler.of(Integer.class, this::book), "3");

        assertThat(rehearsal.go())
                .isEqualTo(new Outcome.Succeeded(Payload.ofJson("\"cancelled\"")));
        assertThat(did).containsExactly("flight", "hotel", "car", "cancel hotel", "cancel flight");
    }

    @Test
    void a_sleep_that_the_code_swallows_still_parks_the_run() {
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (_, context) -> {
                                    try {
                                        context.sleep("nap", Duration.ofHours(1));
                                    } catch (Throwable everything) {
                                        did.add("swallowed");
                                    }
                                    return "went on";
                                }),
                        "1");

        assertThat(rehearsal.go()).isEqualTo(new Outcome.Suspended());
    }

    @Test
    void an_event_that_a_branch_waits_for_leaves_the_other_branch_alone() {
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (_, context) ->
                                        context.all(
                                                List.<Supplier<String>>of(
                                                        () ->
                                                                context.waitFor(EventWait.on("go"))
                                                                        .orElseThrow()
                                                                        .payload(String.class),
                                                        () ->
                                                                context.step(
                                                                        "work",
                                                                        String.class,
                                                                        _ -> {
                                                                            did.add("work");
                                                                            return "worked";
                                                                        })))),
                        "1");
        rehearsal.go();
        rehearsal.journal().publish(new Topic("go"), Payload.ofJson("\"gone\""));

        assertThat(rehearsal.go())
                .isEqualTo(new Outcome.Succeeded(Payload.ofJson("[\"gone\",\"worked\"]")));
        assertThat(did).containsExactly("work");
    }

    @Test
    void children_and_emitted_events_are_the_tests_to_see() {
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (n, context) -> {
                                    context.emit("began", Map.of("n", n));
                                    return context.invoke("square", n, Integer.class);
                                }),
                        "7");
        rehearsal.go();
        assertThat(rehearsal.journal().children())
                .singleElement()
                .satisfies(child -> assertThat(child.payload()).isEqualTo(Payload.ofJson("7")));
        rehearsal.journal().endChildren(_ -> Payload.ofJson("49"));

        assertThat(rehearsal.go()).isEqualTo(new Outcome.Succeeded(Payload.ofJson("49")));
        assertThat(rehearsal.journal().emitted()).hasSize(1);
    }

    @Test
    void renamed_code_is_told_what_should_have_come() {
        var attempts = new AtomicInteger();
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (_, context) -> {
                                    var name = attempts.incrementAndGet() == 1 ? "old" : "new";
                                    context.step(name, _ -> did.add(name));
                                    throw new IllegalStateException("again");
                                }),
                        "1");
        assertThat(rehearsal.go()).isInstanceOf(Outcome.Failed.class);

        assertThat(rehearsal.go())
                .isInstanceOfSatisfying(
                        Outcome.FailedForGood.class,
                        outcome -> {
                            assertThat(outcome.failure().code())
                                    .isEqualTo(Failure.Code.REPLAY_DIVERGED);
                            assertThat(outcome.failure().message())
                                    .contains("step 'old'")
                                    .contains("step 'new' at " + RehearsalTest.class.getName());
                        });
        assertThat(did).containsExactly("old");
    }

    @Test
    void after_a_cancellation_finally_blocks_run_and_no_new_step_begins() {
        var holder = new ArrayList<Rehearsal>();
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (_, context) -> {
                                    try {
                                        context.step("before", _ -> did.add("before"));
                                        holder.getFirst().cancel();
                                        context.step("after", _ -> did.add("after"));
                                        return "not reached";
                                    } finally {
                                        did.add("finally");
                                    }
                                }),
                        "1");
        holder.add(rehearsal);

        assertThat(rehearsal.go())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        outcome ->
                                assertThat(outcome.failure().message())
                                        .contains("the run was cancelled"));
        assertThat(did).containsExactly("before", "finally");
    }

    @Test
    void state_is_bounded_and_says_which_key_was_too_much() {
        var rehearsal =
                Rehearsal.of(
                        Handler.of(
                                Integer.class,
                                (_, context) -> {
                                    context.state().set("big", "x".repeat(Payload.BYTES_MAX));
                                    return "not reached";
                                }),
                        "1");

        assertThat(rehearsal.go())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        outcome -> assertThat(outcome.failure().message()).contains("state 'big'"));
    }
}
