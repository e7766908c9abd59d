package dev.kedge.engine;

import dev.kedge.model.Entry;
import dev.kedge.model.EntryKind;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLevel;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The durable verbs of one attempt, over whatever keeps its journal. Handlers call them through
 * {@link RunContext}; whoever runs handlers makes one of these for each attempt, and asks it at the
 * end what the attempt came to.
 */
public final class Durable {

    private static final ScopedValue<Path> INSIDE = ScopedValue.newInstance();

    private final RunId run;
    private final Journal journal;
    private final BiConsumer<LogLevel, String> log;
    private final BooleanSupplier cancelled;
    private final RandomGenerator random = new SecureRandom();
    private final JacksonCodec codec = JacksonCodec.SHARED;
    private final Replay replay;
    private final Branches branches;
    private final State state;
    private final Map<String, Integer> unnamed = new HashMap<>(); // guarded by itself

    /**
     * @param log where lines about steps go
     * @param cancelled whether somebody asked the run to stop: then no operation begins any more
     */
    public Durable(
            RunId run,
            Journal journal,
            BiConsumer<LogLevel, String> log,
            BooleanSupplier cancelled) {
        this.run = run;
        this.journal = journal;
        this.log = log;
        this.cancelled = cancelled;
        this.replay = new Replay(journal, random);
        this.branches = new Branches(replay);
        this.state = new State(journal, codec);
    }

    Journal journal() {
        return journal;
    }

    State state() {
        return state;
    }

    <T> T step(Step step, Class<T> type, Step.Body<? extends @Nullable T> body) {
        var path = step.path();
        var entry = recall(path, EntryKind.STEP);
        return decoded(entry == null ? carryOut(step, path, body) : outputOf(entry), type);
    }

    private Payload carryOut(Step step, Path path, Step.Body<?> body) {
        var seen = replay.seen();
        var began = System.nanoTime();
        for (var tries = 1; ; tries++) {
            try {
                var output = outputOf(path, body);
                var position = completed(path, seen, tries, began, output);
                replay.gave(position);
                return output;
            } catch (Exception thrown) {
                stopIfInterrupted(thrown);
                var failure = Thrown.failure(thrown);
                log.accept(
                        LogLevel.WARN,
                        "step '%s' failed at try %d: %s".formatted(path, tries, failure.message()));
                if (tries >= step.retry().maxAttempts() || Thrown.isNonRetryable(thrown)) {
                    replay.gave(failed(path, seen, tries, began, failure));
                    throw given(new StepFailedException(path, failure, thrown));
                }
            }
            pause(step.retry().delayAfter(tries, random));
        }
    }

    private Payload outputOf(Path path, Step.Body<?> body) throws Exception {
        var value =
                ScopedValue.where(INSIDE, path).call(() -> body.run("%s/%s".formatted(run, path)));
        return codec.encode(value)
                .atMost(Payload.BYTES_MAX, "the output of step '%s'".formatted(path));
    }

    private int completed(Path path, int seen, int tries, long began, Payload output) {
        return recording(() -> journal.complete(path, seen, tries, since(began), output));
    }

    private int failed(Path path, int seen, int tries, long began, Failure failure) {
        return recording(() -> journal.fail(path, seen, tries, since(began), failure));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void pause(Duration delay) {
        try {
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        } catch (InterruptedException stop) {
            stopIfInterrupted(stop);
        }
        stopIfCancelled();
    }

    void sleep(String name, Duration duration) {
        await(Path.of(name, null), new Wait.For(duration));
    }

    void sleepUntil(String name, Instant time) {
        await(Path.of(name, null), new Wait.Until(time));
    }

    Optional<ReceivedEvent> waitFor(EventWait wait) {
        var match = wait.match() == null ? null : codec.encode(wait.match());
        var path =
                wait.name() == null ? numbered("wait " + wait.topic()) : Path.of(wait.name(), null);
        var output = await(path, new Wait.ForEvent(wait.topic(), match, wait.timeout()));
        return output.equals(Payload.NULL) ? Optional.empty() : Optional.of(codec.event(output));
    }

    <T> T invoke(String job, @Nullable Object payload, Class<T> type) {
        var child = NewRun.of(new JobName(job), codec.encode(payload));
        return decoded(await(numbered("invoke " + job), new Wait.ForChild(child)), type);
    }

    <T> T invoke(String name, NewRun child, Class<T> type) {
        return decoded(await(Path.of(name, null), new Wait.ForChild(child)), type);
    }

    void emit(String topic, @Nullable Object payload) {
        var path = numbered("emit " + topic);
        if (recall(path, EntryKind.EMIT) == null) {
            var about = new Topic(topic);
            var encoded = codec.encode(payload);
            var seen = replay.seen();
            replay.gave(recording(() -> journal.emit(path, seen, about, encoded)));
        }
    }

    <T> List<T> all(List<? extends Supplier<? extends T>> lines) {
        refuseInsideStep("all");
        return branches.all(lines);
    }

    /** The first of its name is called by it; later ones have a number. */
    private Path numbered(String name) {
        synchronized (unnamed) {
            var number = unnamed.merge(name, 1, Integer::sum);
            return Path.of(name, number == 1 ? null : String.valueOf(number));
        }
    }

    /** Gives what a wait came to, or parks the branch. */
    private Payload await(Path path, Wait wait) {
        var recorded = recall(path, wait.kind());
        if (recorded != null) {
            return outputOf(recorded);
        }
        var known = replay.openWait(path);
        var seen = replay.seen();
        var open = known != null ? known : recording(() -> journal.open(path, seen, wait));
        if (open.ready()) {
            var over = recording(() -> journal.resolve(path));
            if (over.isPresent()) {
                replay.gave(Objects.requireNonNull(over.get().position()));
                return outputOf(over.get());
            }
        }
        branches.current().park();
        throw new AttemptOver.Suspended();
    }

    /** What was recorded for an operation; null where it is new and may begin. */
    private @Nullable Entry recall(Path path, EntryKind kind) {
        refuseInsideStep(path.value());
        var branch = branches.current();
        if (branch.isParked()) {
            throw new AttemptOver.Suspended();
        }
        branch.goOn();
        stopIfCancelled();
        try {
            return replay.recall(path, kind);
        } catch (InterruptedException stop) {
            stopIfInterrupted(stop);
            throw new AssertionError("not reached", stop);
        } catch (KedgeException refused) {
            throw unrecorded(refused);
        }
    }

    private static void refuseInsideStep(String name) {
        if (INSIDE.isBound()) {
            throw new IllegalStateException(
                    ("'%s' was begun inside step '%s'. A step is recorded as a whole: call the code"
                                    + " directly, or end that step before this one begins")
                            .formatted(name, INSIDE.get()));
        }
    }

    private Payload outputOf(Entry entry) {
        if (entry.failure() != null) {
            throw given(new StepFailedException(entry.path(), entry.failure(), null));
        }
        return Objects.requireNonNull(entry.output());
    }

    private StepFailedException given(StepFailedException failed) {
        branches.current().gave(failed);
        return failed;
    }

    private <T> T decoded(Payload payload, Class<T> type) {
        return codec.decode(payload, type);
    }

    /**
     * What cannot be written down ends the attempt. So does a refusal: it leaves no record, and
     * code that went on after it would be stuck in the next replay.
     */
    private static <R> R recording(Supplier<R> write) {
        try {
            return write.get();
        } catch (KedgeException refused) {
            throw unrecorded(refused);
        }
    }

    private static AttemptOver unrecorded(KedgeException refused) {
        return switch (refused) {
            case KedgeException.LeaseLost lost -> new AttemptOver.Unrecorded(lost);
            case KedgeException.Unavailable silent -> new AttemptOver.Unrecorded(silent);
            default -> new AttemptOver.Refused(refused);
        };
    }

    /** An interrupt is ours, and ends the attempt. */
    private static void stopIfInterrupted(Exception thrown) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the attempt was stopped");
        }
    }

    private void stopIfCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("the run was cancelled: nothing new begins");
        }
    }

    /** What an attempt came to whose handler returned {@code said}. */
    public Outcome after(Outcome said) {
        if (branches.root().isParked()) {
            return new Outcome.Suspended();
        }
        var diverged = replay.end();
        return diverged == null ? said : diverged(diverged);
    }

    /** What an attempt came to whose handler threw {@code thrown}. */
    public Outcome after(Throwable thrown) {
        if (branches.root().isParked()) {
            return new Outcome.Suspended();
        }
        return switch (thrown) {
            case AttemptOver.Diverged diverged -> diverged(diverged);
            case AttemptOver.Unrecorded _ -> new Outcome.HandedBack();
            case AttemptOver.Refused refused -> failed(refused.why());
            default -> failed(thrown);
        };
    }

    private static Outcome diverged(AttemptOver.Diverged why) {
        return new Outcome.FailedForGood(
                new Failure(
                        Failure.Code.REPLAY_DIVERGED,
                        null,
                        String.valueOf(why.getMessage()),
                        Thrown.failure(why).stack()));
    }

    /** The steps it failed for will be tried again, unless the code went on after them. */
    private Outcome failed(Throwable thrown) {
        var guilty =
                Thrown.stepsIn(thrown).stream()
                        .filter(step -> !step.isAnswered())
                        .map(StepFailedException::path)
                        .toList();
        if (!guilty.isEmpty()) {
            try {
                journal.reopen(guilty);
            } catch (KedgeException unwritten) {
                return new Outcome.HandedBack();
            }
        }
        var failure = Thrown.failure(thrown);
        return Thrown.isNonRetryable(thrown)
                ? new Outcome.FailedForGood(failure)
                : new Outcome.Failed(failure);
    }
}
