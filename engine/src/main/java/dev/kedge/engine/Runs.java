package dev.kedge.engine;

import dev.kedge.model.Attempt;
import dev.kedge.model.Enqueued;
import dev.kedge.model.Entry;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLine;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnConflict;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Page;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunCounts;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Transition;
import dev.kedge.store.RunStore;
import dev.kedge.store.Tx;
import dev.kedge.store.Verdict;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** How many submissions one call may bring. */
    public static final int BATCH_MAX = 10_000;

    /** How many log lines one call may ask for. */
    public static final int LOG_LINES_MAX = 1_000;

    /** How many of the things a run waits for are told. */
    public static final int WAITS_MAX = 500;

    private static final int LOCK_WAIT_MILLIS = 5_000;
    private static final int BY_CHARS_MAX = 256;

    private final Namespace namespace;
    private final Parts parts;

    Runs(Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
    }

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
     * @throws KedgeException.Exceeded as many runs of the job are active as may run at once, and it
     *     refuses more
     */
    public Enqueued enqueue(NewRun run) {
        parts.checkMaySubmit(namespace);
        return parts.submissions().submit(namespace, run, parts.author());
    }

    /** Stores all of them or none, in one transaction. */
    public List<Enqueued> enqueueAll(List<NewRun> runs) {
        parts.checkMaySubmit(namespace);
        return parts.submissions().submitAll(namespace, bounded(runs), parts.author());
    }

    /**
     * Stores each one for itself; one that is refused does not hinder the others. One refused as
     * {@link KedgeException.Unavailable} may or may not have been stored.
     */
    public List<Submission> enqueueEach(List<NewRun> runs) {
        parts.checkMaySubmit(namespace);
        return parts.submissions().submitEach(namespace, bounded(runs), parts.author());
    }

    /**
     * Stores a run in the caller's own transaction: it exists if and only if that commits. Workers
     * hear of it at the commit.
     */
    public Enqueued enqueue(Connection transaction, NewRun run) {
        parts.checkMaySubmit(namespace);
        return parts.submissions().submitIn(transaction, namespace, run, parts.author());
    }

    public Optional<Run> find(RunId run) {
        return Optional.ofNullable(parts.seen().find(tx -> parts.runs().find(tx, namespace, run)));
    }

    /**
     * @throws KedgeException.NotFound there is no such run in this namespace
     */
    public Run get(RunId run) {
        return find(run).orElseThrow(() -> notFound(run));
    }

    /**
     * Waits until {@code enough} holds of the run, or the time is over; returns the run as it is
     * then, either way.
     */
    public Run await(RunId run, Predicate<Run> enough, Duration atMost)
            throws InterruptedException {
        checkSeen(run);
        var until = System.nanoTime() + atMost.toNanos();
        while (true) {
            try (var ticket = parts.watch().watch(run)) {
                var now = parts.looks().find(namespace, run).orElseThrow(() -> notFound(run));
                var left = until - System.nanoTime();
                if (enough.test(now) || left <= 0) {
                    return now;
                }
                ticket.await(Duration.ofNanos(left));
            }
        }
    }

    /**
     * Newest first; payload, result and metadata are left out. The next page begins before the run
     * that {@code next} names.
     */
    public Page<Run, RunId> list(RunFilter filter) {
        var items = parts.seen().autocommit(tx -> parts.runs().list(tx, namespace, filter));
        var isLast = items.size() < filter.limit();
        return new Page<>(items, isLast ? null : items.getLast().id());
    }

    /** The attempts that did not end the run, oldest first. */
    public List<Attempt> attempts(RunId run) {
        get(run);
        return parts.seen().autocommit(tx -> parts.runs().attempts(tx, namespace, run));
    }

    /** Log lines after {@code after}, oldest first; at most {@code limit} (1 to 1,000). */
    public List<LogLine> logs(RunId run, LogLine.Position after, int limit) {
        if (limit < 1 || limit > LOG_LINES_MAX) {
            throw new KedgeException.Invalid(
                    "limit", "must be between 1 and %d, got %d".formatted(LOG_LINES_MAX, limit));
        }
        return parts.seen().autocommit(tx -> parts.logs().read(tx, namespace, run, after, limit));
    }

    /**
     * Asks for a run to stop. One that is not running is cancelled at once; the handler of a
     * running one is told, and stopped by force after the job's grace. Asking again changes
     * nothing.
     *
     * @param by who asks; a known caller asks under its own id, whatever is said here
     * @throws KedgeException.Conflict it has ended already (code {@code already_ended})
     * @throws KedgeException.Forbidden the caller sees it, but may not stop it
     */
    public Run cancel(RunId run, String by) {
        return end(run, by, false);
    }

    /** Ends a run as cancelled, now; a handler that is at work loses its lease and is stopped. */
    public Run terminate(RunId run, String by) {
        return end(run, by, true);
    }

    /**
     * Repeats a failed run as a new run that names it as its origin, and takes its dead letter
     * away. It is for whoever had submitted the first one, and inherits the steps that were
     * completed and the state, unless it is to be {@code fresh}.
     *
     * @throws KedgeException.Conflict it has not failed (code {@code not_failed})
     */
    public Enqueued retry(RunId run, boolean fresh) {
        var failed = get(run);
        if (failed.state() != RunState.FAILED) {
            throw new KedgeException.Conflict(
                    "not_failed",
                    "run %s is %s; only a failed run can be retried"
                            .formatted(run, failed.state().word()),
                    run);
        }
        return parts.submissions()
                .submitWith(
                        namespace,
                        again(failed, failed.payload()),
                        repeating(failed),
                        (tx, heir) -> {
                            var hadLetter = parts.deadLetters().remove(tx, namespace, run);
                            inherit(tx, run, heir, fresh);
                            if (hadLetter) {
                                writeDownRetry(tx, run, heir);
                            }
                        });
    }

    /** The same for a dead letter, which must be there. */
    Enqueued retryLetter(RunId run, boolean fresh) {
        var failed = get(run);
        return parts.submissions()
                .submitWith(
                        namespace,
                        again(failed, failed.payload()),
                        repeating(failed),
                        (tx, heir) -> {
                            if (!parts.deadLetters().remove(tx, namespace, run)) {
                                throw new KedgeException.NotFound("dead letter", run.toString());
                            }
                            inherit(tx, run, heir, fresh);
                            writeDownRetry(tx, run, heir);
                        });
    }

    private void writeDownRetry(Tx tx, RunId run, RunId heir) {
        parts.writeDown(
                tx, namespace, "dead_letter.retry", run.toString(), Map.of("run", heir.toString()));
    }

    private void inherit(Tx tx, RunId run, RunId heir, boolean fresh) {
        if (!fresh) {
            parts.journals().inherit(tx, run, heir);
        }
    }

    /**
     * What a run has done, in the order in which it was recorded, and on the first page what it
     * waits for.
     *
     * @param after where the page before ended; null for the first page
     * @param limit at most so many entries; fewer where they are large
     */
    public JournalPage journal(RunId run, Entry.@Nullable Place after, int limit) {
        get(run);
        return parts.seen()
                .autocommit(tx -> {
                    var page = parts.journals().list(tx, namespace, run, after, limit);
                    var waits =
                            after == null
                                    ? parts.journals().waits(tx, namespace, run, WAITS_MAX)
                                    : List.<OpenWait>of();
                    return new JournalPage(page.items(), page.next(), waits);
                });
    }

    /**
     * A page of a run's journal.
     *
     * @param next where the next page begins; null on the last one
     * @param waits at most {@link #WAITS_MAX}
     */
    public record JournalPage(
            List<Entry> entries, Entry.@Nullable Place next, List<OpenWait> waits) {}

    /** A run's own values, by key. */
    public Map<String, StateValue> state(RunId run) {
        get(run);
        var state = new LinkedHashMap<String, StateValue>();
        parts.seen()
                .autocommit(tx -> parts.journals().state(tx, run))
                .forEach((key, value) ->
                        state.put(key, new StateValue(value.value(), value.updatedAt())));
        return state;
    }

    /** A value of a run's state, and when it was last set. */
    public record StateValue(Payload value, Instant updatedAt) {}

    /**
     * Repeats any ended run: as it was, for whoever had submitted it; or with another payload, for
     * the caller.
     */
    public Enqueued rerun(RunId run, @Nullable Payload payload) {
        var ended = get(run);
        if (!ended.state().isFinal()) {
            throw new KedgeException.Conflict(
                    "not_ended",
                    "run %s is %s; only an ended run can be run again"
                            .formatted(run, ended.state().word()),
                    run);
        }
        if (payload != null) {
            return enqueue(again(ended, payload));
        }
        return parts.submissions()
                .submit(namespace, again(ended, ended.payload()), repeating(ended));
    }

    /** The same again is for whoever it was for; with the run of another only who administers. */
    private Author repeating(Run ended) {
        var author = parts.author();
        if (author.caller() == null) {
            return author.onBehalfOf(ended.submitter());
        }
        if (ended.submitter() != null && ended.submitter().id().equals(author.caller().id())) {
            parts.checkMaySubmit(namespace);
            return author;
        }
        parts.checkMayAdminister(namespace);
        return author.onBehalfOf(ended.submitter());
    }

    /** How many runs are in each state. */
    public RunCounts counts() {
        return parts.seen().autocommit(tx -> parts.tallies().read(tx, namespace));
    }

    /** Waits until a run has ended, or the time is over. */
    public Run await(RunId run, Duration atMost) throws InterruptedException {
        return await(run, now -> now.state().isFinal(), atMost);
    }

    private Run end(RunId run, String asker, boolean now) {
        var caller = parts.caller();
        return caller == null
                ? endBy(run, checked(asker), now)
                : endBy(run, caller.id().value(), now);
    }

    private static String checked(String by) {
        if (by.isBlank()
                || by.length() > BY_CHARS_MAX
                || by.chars().anyMatch(Character::isISOControl)) {
            throw new KedgeException.Invalid(
                    "by", "1 to %d characters, none of them for control".formatted(BY_CHARS_MAX));
        }
        return by;
    }

    private Run endBy(RunId run, String by, boolean now) {
        var wasRunning =
                parts.seen()
                        .transaction(tx -> {
                            tx.lockTimeout(LOCK_WAIT_MILLIS);
                            var locked = parts.runs().lock(tx, namespace, run);
                            if (locked == null) {
                                throw whyNot(tx, run);
                            }
                            var isRunning = end(tx, locked, by, now);
                            if (now) {
                                parts.writeDown(
                                        tx, namespace, "run.terminate", run.toString(), Map.of());
                            }
                            return isRunning;
                        });
        parts.watch().changed(run);
        if (wasRunning) {
            parts.orders().run();
        }
        return get(run);
    }

    private boolean end(Tx tx, RunStore.Locked run, String by, boolean now) {
        var isRunning = run.state() == RunState.RUNNING;
        if (isRunning && !now) {
            parts.runs().askCancel(tx, run, by);
        } else {
            Transition.Ends cancel =
                    new Transition.Cancel((now ? "terminated by " : "cancelled by ") + by);
            // The caller's part was to lock the run, which it may if it may stop it.
            parts.leases()
                    .end(tx.asEngine(), List.of(new Verdict<>(run.run(), run.epoch(), cancel)));
        }
        return isRunning;
    }

    /** Nothing to lock: it has ended, is not there for the caller, or is not the caller's. */
    private KedgeException whyNot(Tx tx, RunId run) {
        var seen = parts.runs().find(tx, namespace, run);
        if (seen == null) {
            return notFound(run);
        }
        return parts.caller() == null || seen.state().isFinal()
                ? alreadyEnded(seen)
                : notYours(run);
    }

    private static NewRun again(Run run, Payload payload) {
        return new NewRun(
                run.job(),
                payload,
                NewRun.Start.NOW,
                run.priority(),
                run.queue(),
                run.key(),
                OnConflict.REJECT,
                null,
                run.maxAttempts(),
                run.timeout(),
                run.tags(),
                run.metadata(),
                run.id(),
                run.keys());
    }

    private static List<NewRun> bounded(List<NewRun> runs) {
        if (runs.size() > BATCH_MAX) {
            throw new KedgeException.Invalid(
                    "items", "at most %d at once, got %d".formatted(BATCH_MAX, runs.size()));
        }
        return runs;
    }

    private static KedgeException alreadyEnded(Run run) {
        return new KedgeException.Conflict(
                "already_ended",
                "run %s has ended already: %s".formatted(run.id(), run.state().word()),
                run.id());
    }

    private static KedgeException notYours(RunId run) {
        return new KedgeException.Forbidden("you may not stop run " + run);
    }

    /** Waiting readers share their looks; whether they may look at all, each is told for itself. */
    private void checkSeen(RunId run) {
        var caller = parts.caller();
        if (caller != null
                && !parts.db().autocommit(tx -> parts.runs().isSeen(tx, caller, namespace, run))) {
            throw notFound(run);
        }
    }

    private static KedgeException notFound(RunId run) {
        return new KedgeException.NotFound("run", run.toString());
    }
}
