package dev.kedge.store;

import dev.kedge.model.Binding;
import dev.kedge.model.Cause;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunIds;
import dev.kedge.model.Transition;
import dev.kedge.model.WorkerId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A queue of a test's own, and what submitters, workers and keepers do to it. */
final class TestQueue {

    static final Namespace NAMESPACE = Namespace.DEFAULT;
    static final Duration LEASE = Duration.ofMinutes(10);

    final TestDb testDb = TestDb.fresh();
    final Db db = testDb.db();
    final JobStore jobs = new JobStore();
    final RunStore runs = new RunStore();
    final LeaseStore leases = new LeaseStore();
    final WorkerStore workers = new WorkerStore();
    final TimerStore timers = new TimerStore();
    final TallyStore tallies = new TallyStore();
    final LogStore logs = new LogStore();
    private final RunIds ids = new RunIds(InstantSource.system(), RandomGenerator.getDefault());

    /** A job of that name, and the lane of its runs. */
    int lane(String job) {
        var name = new JobName(job);
        db.inTransaction(tx ->
                jobs.define(tx, Job.of(NAMESPACE, name, new Binding.Java(), JobPolicy.DEFAULT)));
        return db.autocommit(jobs::catalog).stream()
                .filter(entry -> entry.job().name().equals(name))
                .map(JobStore.Entry::lane)
                .map(Objects::requireNonNull)
                .findFirst()
                .orElseThrow();
    }

    NewRun run(String job) {
        return NewRun.of(new JobName(job), Payload.ofJson("{}"));
    }

    RunId submit(int lane, NewRun run) {
        return submitAll(lane, List.of(run)).getFirst();
    }

    List<RunId> submit(int lane, String job, int times) {
        return submitAll(lane, Stream.generate(() -> run(job)).limit(times).toList());
    }

    List<RunId> submitAll(int lane, List<NewRun> newRuns) {
        var batch = newRuns.stream().map(run -> submitted(lane, run)).toList();
        db.autocommit(tx -> {
            runs.insert(tx, batch);
            return true;
        });
        return batch.stream().map(RunStore.Submitted::id).toList();
    }

    RunStore.Submitted submitted(int lane, NewRun run) {
        return new RunStore.Submitted(
                ids.next(),
                NAMESPACE,
                lane,
                run.priority() == null ? 0 : run.priority(),
                run,
                Cause.SUBMITTED,
                null);
    }

    RunId nextId() {
        return ids.next();
    }

    /** A worker that lives, in its first generation. */
    LeaseStore.Holder worker() {
        return worker(LEASE);
    }

    LeaseStore.Holder worker(Duration lease) {
        var worker = new WorkerId(UUID.randomUUID());
        db.inTransaction(tx -> workers.register(tx, worker, "here", 1, 8, lease));
        return new LeaseStore.Holder(worker, 1);
    }

    List<Claimed> claim(LeaseStore.Holder holder, int limit, Integer... lanes) {
        return Objects.requireNonNull(
                db.<List<Claimed>>find(tx -> leases.claim(tx, holder, offers(lanes), limit)),
                "declared lost");
    }

    List<Claimed> claimOldest(LeaseStore.Holder holder, int limit, Integer... lanes) {
        return Objects.requireNonNull(
                db.<List<Claimed>>find(tx -> leases.claimOldest(tx, holder, offers(lanes), limit)),
                "declared lost");
    }

    static List<Offer> offers(Integer... lanes) {
        return Stream.of(lanes).map(lane -> new Offer(lane, null)).toList();
    }

    Set<RunId> settle(Lease lease, Transition.Ends end) {
        return db.autocommit(tx -> leases.settle(tx, List.of(verdict(lease, end))));
    }

    Set<RunId> complete(Lease lease) {
        return settle(lease, new Transition.Complete(Payload.ofJson("\"done\"")));
    }

    /** Somebody who does not hold the lease ends the run. */
    Set<RunId> end(RunId run, long epoch, Transition.Ends end) {
        return db.autocommit(tx -> leases.end(tx, List.of(new Verdict<>(run, epoch, end))));
    }

    List<LeaseStore.Released> release(Lease lease, Transition.GoesOn later) {
        return db.autocommit(tx -> leases.release(tx, List.of(verdict(lease, later))));
    }

    static <T extends Transition> Verdict<T> verdict(Lease lease, T transition) {
        return new Verdict<>(lease.run(), lease.epoch(), transition);
    }

    Run find(RunId run) {
        return Objects.requireNonNull(
                db.<Run>find(tx -> runs.find(tx, NAMESPACE, run)), "no such run");
    }

    Connection connection() throws SQLException {
        return testDb.asOwner();
    }

    void execute(String sql) throws SQLException {
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).getFirst());
    }

    /** The first column of each row. */
    List<String> rows(String sql) throws SQLException {
        try (var connection = connection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<String>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }
}
