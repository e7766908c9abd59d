package dev.kedge.engine.attempt;

import dev.kedge.engine.Durable;
import dev.kedge.engine.RunContext;
import dev.kedge.engine.RunSecrets;
import dev.kedge.engine.journal.LeasedJournal;
import dev.kedge.engine.secrets.AttemptSecrets;
import dev.kedge.engine.secrets.GuardedJournal;
import dev.kedge.engine.secrets.Redaction;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.Identity;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Lease;
import dev.kedge.model.LogLevel;
import dev.kedge.model.LogLine;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import dev.kedge.store.Claimed;
import dev.kedge.store.LogStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One attempt under way: what its handler may ask and say, and how it is ended from outside.
 *
 * <p>Its end is decided once: by the handler, or by the first {@link Stop}. The monitor of this
 * object guards that decision, so that no interrupt reaches the thread after it. Nobody waits for
 * the database while holding it: whoever stops attempts must never be held up by one that talks
 * much.
 */
final class LiveAttempt implements RunContext {

    private static final System.Logger LOG = System.getLogger(LiveAttempt.class.getName());

    /** More lines than this are dropped; the log says so. */
    static final int LOG_LINES_MAX = 10_000;

    private final Claimed claimed;
    private final Job job;
    private final Reports reports;
    private final Durable durable;
    private final Redaction redaction = new Redaction();
    private final RunSecrets secrets;
    private final long startedNanos = System.nanoTime();

    // All guarded by this.
    private @Nullable Thread thread;
    private @Nullable Stop stop;
    private long stoppedNanos;
    private boolean ended;
    private @Nullable String cancelledBy;
    private long cancelledNanos;
    private List<Runnable> cancelListeners = new ArrayList<>();
    private @Nullable Progress unsaid;
    private long progressNanos = startedNanos;

    private final ReentrantLock logging = new ReentrantLock();
    private int lines; // guarded by logging
    private @Nullable CompletableFuture<Boolean> lastLine; // guarded by logging

    private final ReentrantLock reporting = new ReentrantLock();
    private @Nullable CompletableFuture<Boolean> lastReport; // guarded by reporting

    LiveAttempt(
            Claimed claimed,
            Job job,
            Reports reports,
            LeasedJournal.Parts journals,
            AttemptSecrets.Sources sources) {
        this.claimed = claimed;
        this.job = job;
        this.reports = reports;
        var submitter = claimed.submitter();
        this.secrets =
                new AttemptSecrets(
                        sources,
                        claimed.namespace(),
                        claimed.lease(),
                        submitter == null ? null : submitter.id(),
                        redaction);
        this.durable =
                new Durable(
                        claimed.lease().run(),
                        new GuardedJournal(
                                new LeasedJournal(journals, claimed, this::unwritable), redaction),
                        this::log,
                        this::isCancelled);
    }

    /** What cannot be recorded is not done: the attempt ends here, and goes on where it can be. */
    private void unwritable(KedgeException why) {
        stop(
                why instanceof KedgeException.LeaseLost
                        ? new Stop.LeaseLost()
                        : new Stop.HandedBack());
    }

    Claimed claimed() {
        return claimed;
    }

    Lease lease() {
        return claimed.lease();
    }

    Job definition() {
        return job;
    }

    /** The calling thread is the one that carries out the attempt. False if it is over already. */
    synchronized boolean begin() {
        if (ended || stop != null) {
            return false;
        }
        thread = Thread.currentThread();
        return true;
    }

    /** Ends the attempt from outside: the first reason counts. */
    synchronized void stop(Stop why) {
        if (!ended && stop == null) {
            stop = why;
            stoppedNanos = System.nanoTime();
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    /** How the attempt came to its end. */
    record End(boolean first, @Nullable Stop stop, @Nullable String cancelledBy) {}

    /** Decides the end. Only the first caller may act upon it. Clears a pending interrupt. */
    synchronized End end() {
        var first = !ended;
        ended = true;
        if (Thread.currentThread().equals(thread)) {
            Thread.interrupted(); // The interrupt was meant for the handler, not for what follows.
        }
        return new End(first, stop, cancelledBy);
    }

    /** Whether it was stopped at least {@code patience} ago and its handler still goes on. */
    synchronized boolean isStuck(Duration patience) {
        return stop != null && !ended && System.nanoTime() - stoppedNanos > patience.toNanos();
    }

    /** Tells the handler, once, that somebody wants it to stop. */
    void cancel(String by) {
        List<Runnable> listeners;
        synchronized (this) {
            if (cancelledBy != null) {
                return;
            }
            cancelledBy = by;
            cancelledNanos = System.nanoTime();
            listeners = cancelListeners;
            cancelListeners = List.of();
        }
        listeners.forEach(this::tell);
    }

    /** A listener that throws keeps nobody else from hearing. */
    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException broken) {
            // Without the exception: it is the handler's own, and may tell anything.
            LOG.log(
                    Level.WARNING,
                    "{0}: its cancel listener failed: {1}",
                    this,
                    redaction.text(broken.toString()));
        }
    }

    /** Stops the attempt if one of its limits is reached. */
    synchronized void checkLimits() {
        var now = System.nanoTime();
        var policy = job.policy();
        var timeout = claimed.timeout() != null ? claimed.timeout() : policy.timeout();
        if (timeout != null && now - startedNanos > timeout.toNanos()) {
            stop(new Stop.TimedOut(timeout));
        }
        var progressTimeout = policy.progressTimeout();
        if (progressTimeout != null && now - progressNanos > progressTimeout.toNanos()) {
            stop(new Stop.NoProgress(progressTimeout));
        }
        var grace = policy.cancelGrace();
        if (cancelledBy != null && grace != null && now - cancelledNanos > grace.toNanos()) {
            stop(new Stop.Cancelled(cancelledBy));
        }
    }

    /**
     * Hands the newest progress over to be stored, if it was not yet. One at a time, so that an
     * older one never overtakes a newer one.
     *
     * @return completes once everything handed over so far is stored; null where nothing was
     */
    @Nullable CompletableFuture<Boolean> handOverProgress() {
        reporting.lock();
        try {
            var newest = takeProgress();
            if (newest != null) {
                lastReport = reports.report(this, newest);
            }
            return lastReport;
        } finally {
            reporting.unlock();
        }
    }

    private synchronized @Nullable Progress takeProgress() {
        var taken = unsaid;
        unsaid = null;
        return taken;
    }

    /** Completes once every line that was taken so far is stored. */
    @Nullable CompletableFuture<Boolean> lastLine() {
        logging.lock();
        try {
            return lastLine;
        } finally {
            logging.unlock();
        }
    }

    @Override
    public void progress(Progress progress) {
        var clean = redaction.progress(progress);
        synchronized (this) {
            if (ended) {
                return;
            }
            unsaid = clean;
            progressNanos = System.nanoTime();
            reports.expect(this);
        }
    }

    @Override
    public void log(LogLevel level, String message) {
        logging.lock();
        try {
            if (isEnded() || lines > LOG_LINES_MAX) {
                return;
            }
            lastLine = reports.line(entry(lines + 1, level, redaction.text(message)));
            lines++;
        } catch (KedgeException.Unavailable full) {
            LOG.log(Level.WARNING, "{0}: a log line is dropped: {1}", this, full.getMessage());
        } finally {
            logging.unlock();
        }
    }

    private LogStore.Entry entry(int number, LogLevel level, String message) {
        return number <= LOG_LINES_MAX
                ? new LogStore.Entry(lease(), number, level, LogLine.kept(message))
                : new LogStore.Entry(
                        lease(),
                        number,
                        LogLevel.WARN,
                        "more than %d lines; the rest of this attempt's are dropped"
                                .formatted(LOG_LINES_MAX));
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelledBy != null;
    }

    @Override
    public void onCancel(Runnable listener) {
        synchronized (this) {
            if (cancelledBy == null) {
                cancelListeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    @Override
    public Durable durable() {
        return durable;
    }

    @Override
    public RunSecrets secrets() {
        return secrets;
    }

    /** What was said, without the secrets that it was said with. */
    Outcome cleaned(Outcome said) {
        return redaction.outcome(said);
    }

    @Override
    public RunId runId() {
        return lease().run();
    }

    @Override
    public JobName job() {
        return claimed.job();
    }

    @Override
    public Namespace namespace() {
        return claimed.namespace();
    }

    @Override
    public Optional<Identity> principal() {
        return Optional.ofNullable(claimed.submitter());
    }

    @Override
    public int attempt() {
        return claimed.attempt();
    }

    @Override
    public int failures() {
        return claimed.spent().failures();
    }

    @Override
    public Payload payload() {
        return claimed.payload();
    }

    @Override
    public Optional<DeploymentId> deployment() {
        return Optional.ofNullable(claimed.deployment());
    }

    @Override
    public String toString() {
        return "%s/%s run %s attempt %d"
                .formatted(namespace(), Objects.requireNonNull(job()), runId(), attempt());
    }
}
