package dev.kedge.engine;

import dev.kedge.model.DeploymentId;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a handler may know and say while it carries out one attempt. For use by any thread. */
public interface RunContext {

    RunId runId();

    JobName job();

    Namespace namespace();

    /**
     * Who submitted the run, as was known then; empty where Kedge itself did, or its operator. What
     * the run submits is that one's as well.
     */
    default Optional<Identity> principal() {
        return Optional.empty();
    }

    /** Which try this is, from 1. */
    int attempt();

    /** Attempts that failed before this one. */
    int failures();

    Payload payload();

    /** The version of the function's code that this run is bound to; empty for Java handlers. */
    Optional<DeploymentId> deployment();

    /**
     * Says how far the work has come. Returns at once; the newest report of a run is stored within
     * a fraction of a second, and certainly before the attempt's end is.
     */
    void progress(Progress progress);

    /**
     * Writes a line to the run's log. Returns at once unless very many lines wait to be stored;
     * every line taken is stored before the attempt's end is. Lines beyond the limit of an attempt
     * are dropped, and the log says so; so are lines for which the database finds no time.
     */
    void log(LogLevel level, String message);

    /** Whether somebody asked for this run to stop. */
    boolean isCancelled();

    /**
     * Calls {@code listener} once when somebody asks for this run to stop, or at once if somebody
     * already has. It must return quickly.
     */
    void onCancel(Runnable listener);

    /** The durable verbs of this attempt; handlers call them by the methods below. */
    Durable durable();

    /** The run's journal in its plainest form; for handlers whose code replays elsewhere. */
    default Journal journal() {
        return durable().journal();
    }

    /** What the run may know and nobody else: keys of services, passwords. */
    RunSecrets secrets();

    /** The run's own values, kept from attempt to attempt. */
    default State state() {
        return durable().state();
    }

    /**
     * Carries out {@code body} once and records what it returns, as JSON; a later attempt gets the
     * record back and does not carry it out again.
     *
     * <p>"Once" holds for the record. The code itself runs again where the process dies before the
     * record is committed: let effects carry the effect key that the body is given.
     *
     * @throws StepFailedException the body threw as often as the step may be tried
     * @throws IllegalStateException the name was used before in this run, or this is inside a step
     * @throws java.util.concurrent.CancellationException somebody asked for the run to stop
     */
    default <T> T step(String name, Class<T> type, Step.Body<? extends @Nullable T> body) {
        return step(Step.named(name), type, body);
    }

    /** The same, for a step with a key, or with retries of its own. */
    default <T> T step(Step step, Class<T> type, Step.Body<? extends @Nullable T> body) {
        return durable().step(step, type, body);
    }

    /** A step that returns nothing. */
    default void step(String name, Step.Action action) {
        step(Step.named(name), action);
    }

    /** The same, for a step with a key, or with retries of its own. */
    default void step(Step step, Step.Action action) {
        durable()
                .step(
                        step,
                        Void.class,
                        effectKey -> {
                            action.run(effectKey);
                            return null;
                        });
    }

    /**
     * Sleeps without a worker: the slot is free meanwhile, and restarts change nothing. The run
     * goes on no sooner than asked for, and hardly later, as soon as there is a slot.
     *
     * @param name unique within the run, as a step's
     */
    default void sleep(String name, Duration duration) {
        durable().sleep(name, duration);
    }

    /** Sleeps until a point in time, by the database's clock. */
    default void sleepUntil(String name, Instant time) {
        durable().sleepUntil(name, time);
    }

    /** Waits, without a worker, for an event; empty where none came in time. */
    default Optional<ReceivedEvent> waitFor(EventWait wait) {
        return durable().waitFor(wait);
    }

    /**
     * Runs another job as a child, waits for it without a worker, and returns its result.
     * Cancelling this run cancels the child.
     *
     * @throws StepFailedException the child failed or was cancelled
     */
    default <T> T invoke(String job, @Nullable Object payload, Class<T> type) {
        return durable().invoke(job, payload, type);
    }

    /**
     * The same, for a child that is submitted with options.
     *
     * @param name unique within the run, as a step's
     */
    default <T> T invoke(String name, NewRun child, Class<T> type) {
        return durable().invoke(name, child, type);
    }

    /** Publishes an event, once: a replay does not publish it again. */
    default void emit(String topic, @Nullable Object payload) {
        durable().emit(topic, payload);
    }

    /**
     * Carries out {@code branches} side by side, each on a thread of its own, and returns what they
     * came to, in their order, when the last one has ended. Where one throws, so does this, with
     * the others' failures suppressed. Branches may use all verbs.
     */
    default <T> List<T> all(List<? extends Supplier<? extends T>> branches) {
        return durable().all(branches);
    }
}
