package dev.kedge.store;

import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import dev.kedge.model.Transition;
import dev.kedge.model.WorkerId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs as workers see them: leased, settled, released. Every write but the claim is fenced. */
public final class LeaseStore {

    /** A worker's present right to claim: its id, and the generation that its batches carry. */
    public record Holder(WorkerId worker, int gen) {}

    /**
     * A run that went back into the queue: its lane, and how soon it is due.
     *
     * @param delay null where it waits for something other than time
     * @param cancelledBy who asked for it to stop; it was ended as cancelled instead
     */
    public record Released(
            RunId run,
            long epoch,
            int lane,
            @Nullable Duration delay,
            @Nullable String cancelledBy) {}

    /** Progress under a lease. */
    public record Report(Lease lease, Progress progress) {}

    /** How many attempts of a worker may have ended without their verdict being written yet. */
    public static final int UNSETTLED_MAX = 2_000;

    private static final Sql CLAIM = Sql.load("lease_claim");
    private static final Sql CLAIM_OLDEST = Sql.load("lease_claim_oldest");
    private static final Sql LIMITED_HEAD = Sql.load("limited_head");
    private static final Sql LIMITED_OLDEST = Sql.load("limited_oldest");
    private static final Sql SETTLE = Sql.load("run_settle");
    private static final Sql SETTLED_BY = Sql.load("run_settled_by");
    private static final Sql RELEASE = Sql.load("run_release");
    private static final Sql SUSPEND = Sql.load("run_suspend");
    private static final Sql LEASES = Sql.load("worker_leases");
    private static final Sql LOST_LEASES = Sql.load("worker_sweep");
    private static final Sql PROGRESS = Sql.load("run_progress");

    /**
     * Leases at most {@code limit} due runs of the lanes in {@code offers}, the most important
     * first.
     *
     * @return null where the holder was declared lost, or its generation is over
     */
    public @Nullable List<Claimed> claim(Tx tx, Holder holder, List<Offer> offers, int limit) {
        return claim(CLAIM, tx, holder, offers, limit);
    }

    /** The same, but the oldest first, whatever their priority. */
    public @Nullable List<Claimed> claimOldest(
            Tx tx, Holder holder, List<Offer> offers, int limit) {
        return claim(CLAIM_OLDEST, tx, holder, offers, limit);
    }

    private static @Nullable List<Claimed> claim(
            Sql sql, Tx tx, Holder holder, List<Offer> offers, int limit) {
        var rows = new Columns<>(offers);
        return tx.guarded(
                sql.with("worker", holder.worker().value())
                        .with("gen", holder.gen())
                        .with("lanes", rows.numbers(Offer::lane))
                        .with("deployments", rows.uuids(Offer::deploymentOf))
                        .with("limit", limit),
                row -> claimed(row, holder.worker()));
    }

    /**
     * Leases at most {@code limit} due runs of lanes with limits, as far as those allow, the most
     * important first. {@code tx} must be a transaction.
     *
     * @param afterKey as the last claim said; see {@link LimitedClaim}
     * @return null where the holder was declared lost, or its generation is over
     */
    public @Nullable LimitedClaim claimLimited(
            Tx tx, Holder holder, List<Offer> offers, int limit, String afterKey) {
        return new ClaimUnderLimits(tx, holder, offers, limit).claim(LIMITED_HEAD, afterKey);
    }

    /** The same, but the oldest first, whatever their priority. */
    public @Nullable LimitedClaim claimLimitedOldest(
            Tx tx, Holder holder, List<Offer> offers, int limit, String afterKey) {
        return new ClaimUnderLimits(tx, holder, offers, limit).claim(LIMITED_OLDEST, afterKey);
    }

    static Claimed claimed(Row row, WorkerId worker) throws SQLException {
        return new Claimed(
                new Lease(new RunId(row.uuid("run_id")), row.large("epoch"), worker),
                new Namespace(row.text("namespace")),
                new JobName(row.text("job")),
                row.number("attempt"),
                RunRows.spent(row),
                RunRows.deployment(row),
                row.payload("payload"),
                row.numberOrNull("max_attempts"),
                row.millisOrNull("timeout_ms"),
                row.flag("replays"),
                row.numberOrNull("frees"),
                RunRows.submitter(row));
    }

    /** A worker ends its own leases; returns those that ended. A run that moved on is missing. */
    public Set<RunId> settle(Tx tx, List<Verdict<Transition.Ends>> verdicts) {
        return end(tx, verdicts, false);
    }

    /** Somebody else ends runs, whoever holds them; returns those that ended. */
    public Set<RunId> end(Tx tx, List<Verdict<Transition.Ends>> verdicts) {
        return end(tx, verdicts, true);
    }

    private static Set<RunId> end(Tx tx, List<Verdict<Transition.Ends>> verdicts, boolean forced) {
        var rows = new Columns<>(verdicts);
        return new HashSet<>(
                tx.query(
                        SETTLE.with("forced", forced)
                                .with("run_ids", rows.uuids(v -> v.run().value()))
                                .with("epochs", rows.larges(Verdict::epoch))
                                .with("states", rows.texts(v -> endState(v.transition())))
                                .with("results", rows.bytes(v -> result(v.transition())))
                                .with("cancel_reasons", rows.texts(v -> reason(v.transition())))
                                .with(
                                        "failure_codes",
                                        rows.texts(v -> Failures.code(failure(v.transition()))))
                                .with(
                                        "failure_types",
                                        rows.texts(v -> Failures.type(failure(v.transition()))))
                                .with(
                                        "failure_messages",
                                        rows.texts(v -> Failures.message(failure(v.transition()))))
                                .with(
                                        "failure_stacks",
                                        rows.texts(v -> Failures.stack(failure(v.transition())))),
                        row -> new RunId(row.uuid("run_id"))));
    }

    /** Of these leases, those under which {@code worker} itself ended the run. */
    public Set<RunId> settledBy(Tx tx, WorkerId worker, List<Verdict<Transition.Ends>> verdicts) {
        var rows = new Columns<>(verdicts);
        return new HashSet<>(
                tx.query(
                        SETTLED_BY
                                .with("run_ids", rows.uuids(v -> v.run().value()))
                                .with("epochs", rows.larges(Verdict::epoch))
                                .with("worker", worker.value()),
                        row -> new RunId(row.uuid("run_id"))));
    }

    /**
     * Puts runs back into the queue; returns those that went. A run that moved on is missing. One
     * that somebody asked to stop does not begin again: it is cancelled. {@code tx} must be a
     * transaction.
     */
    public List<Released> release(Tx tx, List<Verdict<Transition.GoesOn>> verdicts) {
        var asleep = verdicts.stream().filter(LeaseStore::suspends).toList();
        var queued = verdicts.stream().filter(v -> !suspends(v)).toList();
        var back = new ArrayList<Released>();
        if (!asleep.isEmpty()) {
            back.addAll(suspend(tx, asleep));
        }
        if (!queued.isEmpty()) {
            back.addAll(putBack(tx, queued));
        }
        var cancelled =
                back.stream()
                        .filter(run -> run.cancelledBy() != null)
                        .map(run ->
                                new Verdict<Transition.Ends>(
                                        run.run(),
                                        run.epoch(),
                                        new Transition.Cancel("cancelled by " + run.cancelledBy())))
                        .toList();
        if (!cancelled.isEmpty()) {
            end(tx, cancelled);
        }
        return back;
    }

    private static boolean suspends(Verdict<Transition.GoesOn> verdict) {
        return verdict.transition() instanceof Transition.Suspend;
    }

    private static List<Released> suspend(Tx tx, List<Verdict<Transition.GoesOn>> verdicts) {
        var rows = new Columns<>(verdicts);
        return tx.query(
                SUSPEND.with("run_ids", rows.uuids(v -> v.run().value()))
                        .with("epochs", rows.larges(Verdict::epoch)),
                LeaseStore::released);
    }

    private static List<Released> putBack(Tx tx, List<Verdict<Transition.GoesOn>> verdicts) {
        var rows = new Columns<>(verdicts);
        var resuming = new boolean[verdicts.size()];
        for (var i = 0; i < resuming.length; i++) {
            resuming[i] = isSameAttempt(verdicts.get(i).transition());
        }
        return tx.query(
                RELEASE.with("run_ids", rows.uuids(v -> v.run().value()))
                        .with("epochs", rows.larges(Verdict::epoch))
                        .with("delays_ms", rows.larges(v -> delay(v.transition()).toMillis()))
                        .with(
                                "failures",
                                rows.numbers(
                                        v -> v.transition() instanceof Transition.Retry ? 1 : 0))
                        .with(
                                "losses",
                                rows.numbers(
                                        v -> v.transition() instanceof Transition.Resume ? 1 : 0))
                        .with("resuming", resuming)
                        .with(
                                "failure_codes",
                                rows.texts(v -> Failures.code(failure(v.transition()))))
                        .with(
                                "failure_types",
                                rows.texts(v -> Failures.type(failure(v.transition()))))
                        .with(
                                "failure_messages",
                                rows.texts(v -> Failures.message(failure(v.transition()))))
                        .with(
                                "failure_stacks",
                                rows.texts(v -> Failures.stack(failure(v.transition())))),
                LeaseStore::released);
    }

    private static Released released(Row row) throws SQLException {
        var delay = row.large("delay_ms");
        return new Released(
                new RunId(row.uuid("run_id")),
                row.large("epoch"),
                row.number("lane"),
                delay < 0 ? null : Duration.ofMillis(delay),
                row.textOrNull("cancel_requested_by"));
    }

    /** What a worker holds. */
    public List<Held> leasesOf(Tx tx, WorkerId worker, int limit) {
        return leasesOf(LEASES, tx, worker, limit);
    }

    /** What a lost worker held; where a lease got its run on, earlier losses no longer count. */
    public List<Held> lostLeasesOf(Tx tx, WorkerId worker, int limit) {
        return leasesOf(LOST_LEASES, tx, worker, limit);
    }

    private static List<Held> leasesOf(Sql sql, Tx tx, WorkerId worker, int limit) {
        return tx.query(
                sql.with("worker", worker.value()).with("limit", limit),
                row ->
                        new Held(
                                new Lease(
                                        new RunId(row.uuid("run_id")), row.large("epoch"), worker),
                                new Namespace(row.text("namespace")),
                                new JobName(row.text("job")),
                                RunRows.spent(row),
                                row.timeOrNull("cancel_requested_at") == null
                                        ? null
                                        : row.textOrNull("cancel_requested_by")));
    }

    /** Stores progress; returns the runs it was stored for. A run that moved on is missing. */
    public Set<RunId> progress(Tx tx, List<Report> reports) {
        var rows = new Columns<>(reports);
        return new HashSet<>(
                tx.query(
                        PROGRESS.with("run_ids", rows.uuids(r -> r.lease().run().value()))
                                .with("epochs", rows.larges(r -> r.lease().epoch()))
                                .with(
                                        "percents",
                                        reports.stream()
                                                .map(r -> r.progress().percent())
                                                .toArray(Double[]::new))
                                .with(
                                        "processed",
                                        reports.stream()
                                                .map(r -> r.progress().processed())
                                                .toArray(Long[]::new))
                                .with(
                                        "totals",
                                        reports.stream()
                                                .map(r -> r.progress().total())
                                                .toArray(Long[]::new))
                                .with("messages", rows.texts(r -> r.progress().message()))
                                .with(
                                        "data",
                                        rows.bytes(r ->
                                                r.progress().data() == null
                                                        ? null
                                                        : r.progress().data().bytes())),
                        row -> new RunId(row.uuid("run_id"))));
    }

    private static String endState(Transition.Ends end) {
        return switch (end) {
            case Transition.Complete _ -> "completed";
            case Transition.Fail _ -> "failed";
            case Transition.Cancel _ -> "cancelled";
        };
    }

    private static byte @Nullable [] result(Transition.Ends end) {
        return end instanceof Transition.Complete(var result) ? result.bytes() : null;
    }

    private static @Nullable String reason(Transition.Ends end) {
        return end instanceof Transition.Cancel(var reason) ? reason : null;
    }

    private static Duration delay(Transition.GoesOn transition) {
        return switch (transition) {
            case Transition.Retry(var delay, _) -> delay;
            case Transition.Snooze(var delay) -> delay;
            case Transition.HandBack(), Transition.Suspend() -> Duration.ZERO;
            case Transition.Resume() -> Duration.ZERO;
        };
    }

    private static boolean isSameAttempt(Transition.GoesOn transition) {
        return switch (transition) {
            case Transition.Snooze _, Transition.Suspend _, Transition.HandBack _ -> true;
            case Transition.Retry _, Transition.Resume _ -> false;
        };
    }

    private static @Nullable Failure failure(Transition transition) {
        return switch (transition) {
            case Transition.Fail(var failure) -> failure;
            case Transition.Retry(_, var failure) -> failure;
            case Transition.Resume _ -> LOST;
            case Transition.Complete _, Transition.Cancel _ -> null;
            case Transition.Snooze _, Transition.Suspend _, Transition.HandBack _ -> null;
        };
    }

    private static final Failure LOST =
            Failure.of(Failure.Code.WORKER_LOST, "the worker died during the attempt");
}
