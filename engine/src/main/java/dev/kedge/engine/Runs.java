package dev.kedge.engine;

import dev.kedge.model.Attempt;
import dev.kedge.model.Enqueued;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLine;
import dev.kedge.model.NewRun;
import dev.kedge.model.Page;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunCounts;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything one may do with the runs of one namespace. For use by any thread.
 *
 * <p>A call that returns has been committed. A call that throws {@link KedgeException.Unavailable}
 * may or may not have been.
 */
public final class Runs {

    /** What became of one item of {@link #enqueueEach}. */
    public sealed interface Submission {
        record Accepted(Enqueued enqueued) implements Submission {}

        record Refused(KedgeException reason) implements Submission {}
    }

    /**
     * Stores a run. It will be carried out even if every process dies now.
     *
     * @throws KedgeException.NotFound there is no such job
     * @throws KedgeException.Conflict its business key is taken (code {@code key_taken}), or the
     *     job is disabled ({@code job_disabled})
     */
    public Enqueued enqueue(NewRun run) {
        throw new IllegalStateException("not wired yet");
    }

    /** Stores all of them or none, in one transaction. */
    public List<Enqueued> enqueueAll(List<NewRun> runs) {
        throw new IllegalStateException("not wired yet");
    }

    /** Stores each one for itself; one that is refused does not hinder the others. */
    public List<Submission> enqueueEach(List<NewRun> runs) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Stores a run in the caller's own transaction: it exists if and only if that commits. Workers
     * hear of it at the commit.
     */
    public Enqueued enqueue(Connection transaction, NewRun run) {
        throw new IllegalStateException("not wired yet");
    }

    public Optional<Run> find(RunId run) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * @throws KedgeException.NotFound there is no such run in this namespace
     */
    public Run get(RunId run) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Waits until {@code enough} holds of the run, or the time is over; returns the run as it is
     * then, either way.
     */
    public Run await(RunId run, Predicate<Run> enough, Duration atMost)
            throws InterruptedException {
        throw new IllegalStateException("not wired yet");
    }

    /** Newest first. The next page begins before the run that {@code next} names. */
    public Page<Run, RunId> list(RunFilter filter) {
        throw new IllegalStateException("not wired yet");
    }

    /** The attempts that did not end the run, oldest first. */
    public List<Attempt> attempts(RunId run) {
        throw new IllegalStateException("not wired yet");
    }

    /** Log lines after {@code after}, oldest first; at most {@code limit} (1 to 1,000). */
    public List<LogLine> logs(RunId run, LogLine.Position after, int limit) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Asks for a run to stop. One that is not running is cancelled at once; the handler of a
     * running one is told, and stopped by force after the job's grace. Asking again changes
     * nothing.
     *
     * @param by who asks
     * @throws KedgeException.Conflict it has ended already (code {@code already_ended})
     */
    public Run cancel(RunId run, String by) {
        throw new IllegalStateException("not wired yet");
    }

    /** Ends a run as cancelled, now; a handler that is at work loses its lease and is stopped. */
    public Run terminate(RunId run, String by) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Repeats a failed run as a new run that names it as its origin.
     *
     * @throws KedgeException.Conflict it has not failed (code {@code not_failed})
     */
    public Enqueued retry(RunId run) {
        throw new IllegalStateException("not wired yet");
    }

    /** Repeats any ended run, with another payload where one is given. */
    public Enqueued rerun(RunId run, @Nullable Payload payload) {
        throw new IllegalStateException("not wired yet");
    }

    /** How many runs are in each state. */
    public RunCounts counts() {
        throw new IllegalStateException("not wired yet");
    }
}
