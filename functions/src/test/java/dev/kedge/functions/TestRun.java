package dev.kedge.functions;

import dev.kedge.engine.Durable;
import dev.kedge.engine.RunContext;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.JobName;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import dev.kedge.testkit.ManualClock;
import dev.kedge.testkit.MemoryJournal;
import dev.kedge.testkit.MemorySecrets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A run without an engine around it: it remembers what the handler said. */
final class TestRun implements RunContext {

    record Line(LogLevel level, String message) {}

    final RunId id = new RunId(UUID.randomUUID());
    final MemoryJournal journal;
    final MemorySecrets secrets = new MemorySecrets();
    final List<Line> lines = new CopyOnWriteArrayList<>();
    final List<Progress> reports = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final Payload payload;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean cancelled;
    private final Durable durable;

    TestRun(String payload) {
        this(payload, new MemoryJournal(new ManualClock(Instant.EPOCH)));
    }

    /** Another attempt of a run that has done something already. */
    TestRun(String payload, MemoryJournal journal) {
        this.payload = Payload.ofJson(payload);
        this.journal = journal;
        this.durable = new Durable(id, journal, this::log, this::isCancelled);
    }

    void cancel() {
        cancelled = true;
        listeners.forEach(Runnable::run);
    }

    List<String> messages() {
        return lines.stream().map(Line::message).toList();
    }

    /** Waits until the handler logs exactly this. */
    void awaitLine(String message) throws InterruptedException {
        var seen = "";
        while (!message.equals(seen)) {
            var next = unread.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("never said '" + message + "', but " + messages());
            }
            seen = next;
        }
    }

    @Nullable Progress lastReport() {
        return reports.isEmpty() ? null : reports.getLast();
    }

    @Override
    public MemorySecrets secrets() {
        return secrets;
    }

    @Override
    public RunId runId() {
        return id;
    }

    @Override
    public JobName job() {
        return new JobName("test");
    }

    @Override
    public Namespace namespace() {
        return Namespace.DEFAULT;
    }

    @Override
    public int attempt() {
        return 2;
    }

    @Override
    public int failures() {
        return 1;
    }

    @Override
    public MemoryJournal journal() {
        return journal;
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
        unread.add(message);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable listener) {
        listeners.add(listener);
        if (cancelled) {
            listener.run();
        }
    }

    @Override
    public Durable durable() {
        return durable;
    }
}
