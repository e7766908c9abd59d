package dev.kedge.engine.attempt;

import dev.kedge.engine.Service;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.Lease;
import dev.kedge.model.RunId;
import dev.kedge.model.Transition;
import dev.kedge.model.WorkerId;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Ends leases. Verdicts that come at the same time share a commit. */
public final class Settler implements Service {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_MAX = 2_000;
    private static final int WRITERS = 2;

    private record Closing<T extends Transition>(Lease lease, T transition) {

        Verdict<T> verdict() {
            return new Verdict<>(lease.run(), lease.epoch(), transition);
        }
    }

    private final Db db;
    private final LeaseStore leases;
    private final RunWatch watch;
    private final Consumer<LeaseStore.Released> released;
    private final GroupCommit<Closing<Transition.Ends>, Boolean> ends;
    private final GroupCommit<Closing<Transition.GoesOn>, Boolean> goesOn;

    /** Calls {@code released} with every run that went back into the queue. */
    public Settler(
            Db db, LeaseStore leases, RunWatch watch, Consumer<LeaseStore.Released> released) {
        this.db = db;
        this.leases = leases;
        this.watch = watch;
        this.released = released;
        this.ends = new GroupCommit<>("settle", WRITERS, BATCH_MAX, PATIENCE, this::end);
        this.goesOn = new GroupCommit<>("release", 1, BATCH_MAX, PATIENCE, this::release);
    }

    /**
     * Writes down what became of a lease; returns once that is committed.
     *
     * @return false where the lease was lost: the run is in other hands, and nothing was written
     */
    public boolean settle(Lease lease, Transition transition) {
        return switch (transition) {
            case Transition.Ends end -> ends.write(new Closing<>(lease, end));
            case Transition.GoesOn later -> goesOn.write(new Closing<>(lease, later));
        };
    }

    private List<Boolean> end(List<Closing<Transition.Ends>> batch) {
        var verdicts = inOrder(batch);
        var ended = new HashSet<>(db.autocommit(tx -> leases.settle(tx, verdicts)));
        if (ended.size() < batch.size()) {
            ended.addAll(endedBefore(batch, ended));
        }
        ended.forEach(watch::changed);
        return batch.stream().map(closing -> ended.contains(closing.lease().run())).toList();
    }

    /** What is missing was lost, or was written by this very batch, and only its reply was lost. */
    private Set<RunId> endedBefore(List<Closing<Transition.Ends>> batch, Set<RunId> ended) {
        var found = new HashSet<RunId>();
        var byWorker = new HashMap<WorkerId, List<Verdict<Transition.Ends>>>();
        batch.stream()
                .filter(closing -> !ended.contains(closing.lease().run()))
                .forEach(closing ->
                        byWorker.computeIfAbsent(closing.lease().worker(), _ -> new ArrayList<>())
                                .add(closing.verdict()));
        byWorker.forEach((worker, mine) ->
                found.addAll(db.autocommit(tx -> leases.settledBy(tx, worker, mine))));
        return found;
    }

    private List<Boolean> release(List<Closing<Transition.GoesOn>> batch) {
        var verdicts = inOrder(batch);
        var back = db.transaction(tx -> leases.release(tx, verdicts));
        var runs = new HashSet<RunId>();
        for (var run : back) {
            runs.add(run.run());
            watch.changed(run.run());
            if (run.cancelledBy() == null) {
                released.accept(run);
            }
        }
        return batch.stream().map(closing -> runs.contains(closing.lease().run())).toList();
    }

    /** By run, so that two batches never wait for each other crosswise. */
    private static <T extends Transition> List<Verdict<T>> inOrder(List<Closing<T>> batch) {
        return batch.stream()
                .map(Closing::verdict)
                .sorted(Comparator.comparing(Verdict::run))
                .toList();
    }

    @Override
    public void start() {
        ends.start();
        goesOn.start();
    }

    @Override
    public void stop(Duration grace) {
        ends.close(grace);
        goesOn.close(grace);
    }
}
