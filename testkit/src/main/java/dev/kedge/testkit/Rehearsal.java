package dev.kedge.testkit;

import dev.kedge.engine.Durable;
import dev.kedge.engine.Handler;
import dev.kedge.engine.RunContext;
import dev.kedge.engine.RunSecrets;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.JobName;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Carries out a handler without a database and without waiting: attempt after attempt on a journal
 * in memory, by a clock that the test moves. Used by one thread.
 *
 * <pre>{@code
 * var rehearsal = Rehearsal.of(Handler.of(Signup.class, Onboarding::greet), "{\"name\":\"Ada\"}");
 * assertThat(rehearsal.go()).isEqualTo(new Outcome.Suspended());
 * rehearsal.advance(Duration.ofHours(24));
 * assertThat(rehearsal.go()).isInstanceOf(Outcome.Succeeded.class);
 * }</pre>
 */
public final class Rehearsal {

    /** A line of the run's log. */
    public record Line(LogLevel level, String message) {}

    private final Handler handler;
    private final Payload payload;
    private final RunId run = new RunId(UUID.randomUUID());
    private final ManualClock clock = new ManualClock(Instant.parse("2030-01-01T00:00:00Z"));
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final MemorySecrets secrets = new MemorySecrets();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final List<Progress> reports = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new ArrayList<>(); // guarded by itself
    private volatile boolean cancelled;
    private int attempt = 1;
    private int failures;

    private Rehearsal(Handler handler, Payload payload) {
        this.handler = handler;
        this.payload = payload;
    }

    /** A run with {@code payload}, which is JSON. */
    public static Rehearsal of(Handler handler, String payload) {
        return new Rehearsal(handler, Payload.ofJson(payload));
    }

    /** What the run has done, and what it waits for. */
    public MemoryJournal journal() {
        return journal;
    }

    /** From now on the handler may know this secret. */
    public Rehearsal secret(String name, String value) {
        secrets.set(name, value);
        return this;
    }

    public List<Line> lines() {
        return List.copyOf(lines);
    }

    public List<Progress> reports() {
        return List.copyOf(reports);
    }

    /** Time passes. */
    public void advance(Duration by) {
        clock.advance(by);
    }

    /** Somebody asks the run to stop. */
    public void cancel() {
        cancelled = true;
        synchronized (listeners) {
            listeners.forEach(Runnable::run);
        }
    }

    /** Lets the handler run until it ends, fails or sleeps. After a failure comes a new attempt. */
    public Outcome go() {
        journal.beginAttempt(attempt);
        var context = new Context();
        var outcome = outcome(context);
        if (outcome instanceof Outcome.Failed || outcome instanceof Outcome.FailedForGood) {
            attempt++;
            failures++;
        }
        return outcome;
    }

    private Outcome outcome(Context context) {
        try {
            return context.durable().after(handler.handle(context));
        } catch (Throwable thrown) { // The border to the code under test.
            return context.durable().after(thrown);
        }
    }

    private final class Context implements RunContext {

        private final Durable durable = new Durable(run, journal, this::log, () -> cancelled);

        @Override
        public Durable durable() {
            return durable;
        }

        @Override
        public RunSecrets secrets() {
            return secrets;
        }

        @Override
        public RunId runId() {
            return run;
        }

        @Override
        public JobName job() {
            return new JobName("rehearsal");
        }

        @Override
        public Namespace namespace() {
            return Namespace.DEFAULT;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public int failures() {
            return failures;
        }

        @Override
        public Payload payload() {
            return payload;
        }

        @Override
        public Optional<DeploymentId> deployment() {
            return Optional.empty();
        }

        @Override
        public void progress(Progress progress) {
            reports.add(progress);
        }

        @Override
        public void log(LogLevel level, String message) {
            lines.add(new Line(level, message));
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void onCancel(Runnable listener) {
            synchronized (listeners) {
                if (!cancelled) {
                    listeners.add(listener);
                    return;
                }
            }
            listener.run();
        }
    }
}
