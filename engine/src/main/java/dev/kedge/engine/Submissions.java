package dev.kedge.engine;

import dev.kedge.engine.attempt.Tally;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.journal.Children;
import dev.kedge.engine.keeper.Routing;
import dev.kedge.model.Cause;
import dev.kedge.model.Enqueued;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.RunId;
import dev.kedge.model.RunIds;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.RunStore;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.Tx;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts runs into the queue.
 *
 * <p>Plain submissions share commits. Those with a business key may have to wait for somebody
 * else's transaction, so each has one of its own, with a bound on that wait.
 */
final class Submissions implements Service, Children, Routing {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_MAX = 2_000;
    private static final int WRITERS = 2;
    private static final int LOCK_WAIT_MILLIS = 5_000;
    private static final int RACES_MAX = 5;

    private final Db db;
    private final RunStore runs;
    private final Catalog catalog;
    private final RunIds ids;
    private final int payloadBytesMax;
    private final Tally tally;
    private final Consumer<Set<Integer>> due;
    private final Runnable later;
    private final GroupCommit<Submitted, Enqueued> shared;

    /**
     * @param due is called with the lanes in which runs are due now
     * @param later is called when a run was given a time of its own
     */
    Submissions(
            Db db,
            RunStore runs,
            Catalog catalog,
            RunIds ids,
            int payloadBytesMax,
            Tally tally,
            Consumer<Set<Integer>> due,
            Runnable later) {
        this.db = db;
        this.runs = runs;
        this.catalog = catalog;
        this.ids = ids;
        this.payloadBytesMax = payloadBytesMax;
        this.tally = tally;
        this.due = due;
        this.later = later;
        this.shared = new GroupCommit<>("enqueue", WRITERS, BATCH_MAX, PATIENCE, this::insert);
    }

    Enqueued submit(Namespace namespace, NewRun run) {
        var submitted = prepared(namespace, run);
        if (run.key() == null) {
            return shared.write(submitted);
        }
        return atomically(namespace, List.of(submitted)).getFirst();
    }

    List<Runs.Submission> submitEach(Namespace namespace, List<NewRun> newRuns) {
        var answers = new ArrayList<Runs.@Nullable Submission>();
        var plain = new ArrayList<Submitted>();
        for (var run : newRuns) {
            answers.add(run.key() == null ? prepare(namespace, run, plain) : keyed(namespace, run));
        }
        var written = shared.writeAll(plain).iterator();
        return answers.stream()
                .map(answer -> answer == null ? accepted(written.next()) : answer)
                .toList();
    }

    private Runs.@Nullable Submission prepare(
            Namespace namespace, NewRun run, List<Submitted> plain) {
        try {
            plain.add(prepared(namespace, run));
            return null;
        } catch (KedgeException refused) {
            return new Runs.Submission.Refused(refused);
        }
    }

    private Runs.Submission keyed(Namespace namespace, NewRun run) {
        try {
            return accepted(submit(namespace, run));
        } catch (KedgeException refused) {
            return new Runs.Submission.Refused(refused);
        }
    }

    private static Runs.Submission accepted(Enqueued enqueued) {
        return new Runs.Submission.Accepted(enqueued);
    }

    List<Enqueued> submitAll(Namespace namespace, List<NewRun> newRuns) {
        return atomically(
                namespace, newRuns.stream().map(run -> prepared(namespace, run)).toList());
    }

    Enqueued submitIn(Connection transaction, Namespace namespace, NewRun run) {
        var submitted = prepared(namespace, run);
        var tx = new Tx(transaction);
        if (run.key() == null) {
            return enqueue(tx, namespace, submitted, true);
        }
        runs.lockKeys(tx, namespace, List.of(run));
        return enqueueKeyed(tx, namespace, submitted, run.key(), true);
    }

    /** Everything that can be refused is refused here, before anything is written. */
    private Submitted prepared(Namespace namespace, NewRun run) {
        return prepared(namespace, run, Cause.SUBMITTED);
    }

    private Submitted prepared(Namespace namespace, NewRun run, Cause cause) {
        run.payload().atMost(payloadBytesMax, "payload");
        var known = catalog.accepting(namespace, run.job());
        var policy = known.job().policy();
        var queue = run.queue() == null ? policy.queue() : run.queue();
        var priority = run.priority() == null ? policy.priority() : run.priority();
        return new Submitted(ids.next(), catalog.lane(known, queue), priority, run, cause);
    }

    private List<Enqueued> insert(List<Submitted> batch) {
        db.autocommit(tx -> {
            runs.insert(tx, inOrder(batch));
            return true;
        });
        announce(batch);
        return batch.stream().map(run -> new Enqueued(run.id(), true)).toList();
    }

    private List<Enqueued> atomically(Namespace namespace, List<Submitted> batch) {
        for (var race = 1; ; race++) {
            try {
                var enqueued =
                        db.transaction(tx -> {
                            tx.lockTimeout(LOCK_WAIT_MILLIS);
                            return write(tx, namespace, batch);
                        });
                announce(batch);
                return enqueued;
            } catch (KedgeException.Conflict taken) {
                // An application took the key by the function in the schema: look again.
                if (taken.run() != null || race == RACES_MAX) {
                    throw taken;
                }
            }
        }
    }

    private List<Enqueued> write(Tx tx, Namespace namespace, List<Submitted> batch) {
        var plain = batch.stream().filter(run -> run.run().key() == null).toList();
        if (!plain.isEmpty()) {
            runs.insert(tx, inOrder(plain));
        }
        if (plain.size() < batch.size()) {
            runs.lockKeys(
                    tx,
                    namespace,
                    batch.stream().map(Submitted::run).filter(run -> run.key() != null).toList());
        }
        var enqueued = new ArrayList<Enqueued>();
        for (var run : batch) {
            var key = run.run().key();
            enqueued.add(
                    key == null
                            ? new Enqueued(run.id(), true)
                            : enqueueKeyed(tx, namespace, run, key, false));
        }
        return enqueued;
    }

    private Enqueued enqueueKeyed(
            Tx tx, Namespace namespace, Submitted run, String key, boolean ring) {
        var holder = runs.lockByKey(tx, namespace, run.run().job(), key);
        if (holder == null) {
            return enqueue(tx, namespace, run, ring);
        }
        return switch (run.run().onConflict()) {
            case REJECT ->
                    throw new KedgeException.Conflict(
                            "key_taken",
                            "key: run %s of job '%s' has the key '%s' and has not ended"
                                    .formatted(holder.run(), run.run().job(), key),
                            holder.run());
            case RETURN -> new Enqueued(holder.run(), false);
            case REPLACE -> replace(tx, namespace, holder, run, ring);
        };
    }

    private Enqueued replace(
            Tx tx, Namespace namespace, RunStore.Locked holder, Submitted run, boolean ring) {
        runs.replace(tx, namespace, holder, run.run(), ring);
        return new Enqueued(holder.run(), false);
    }

    private Enqueued enqueue(Tx tx, Namespace namespace, Submitted run, boolean ring) {
        runs.enqueue(tx, namespace, run.id(), run.run(), ring);
        return new Enqueued(run.id(), true);
    }

    private static List<Submitted> inOrder(List<Submitted> batch) {
        return batch.stream().sorted(Comparator.comparing(Submitted::id)).toList();
    }

    private void announce(Collection<Submitted> batch) {
        tally.enqueued.add(batch.size());
        var lanes = new TreeSet<Integer>();
        var timed = false;
        for (var run : batch) {
            lanes.add(run.lane());
            timed |= !(run.run().start() instanceof NewRun.Start.Now);
        }
        due.accept(lanes);
        if (timed) {
            later.run();
        }
    }

    /**
     * @throws KedgeException.NotFound there is no such job
     * @throws KedgeException.Conflict it takes no runs
     */
    void accepting(Namespace namespace, JobName job) {
        catalog.accepting(namespace, job);
    }

    /** Submits one run, and does something else in the same transaction. */
    Enqueued submitWith(Namespace namespace, NewRun run, BiConsumer<Tx, RunId> also) {
        var submitted = prepared(namespace, run);
        var enqueued =
                db.transaction(tx -> {
                    tx.lockTimeout(LOCK_WAIT_MILLIS);
                    var answer = write(tx, namespace, List.of(submitted)).getFirst();
                    also.accept(tx, answer.run());
                    return answer;
                });
        announce(List.of(submitted));
        return enqueued;
    }

    @Override
    public void writeTriggered(Tx tx, Namespace namespace, List<Submitted> triggered) {
        write(tx, namespace, triggered);
        tally.enqueued.add(triggered.size());
    }

    @Override
    public Submitted prepareTriggered(Namespace namespace, NewRun run, Cause cause) {
        return prepared(namespace, run, cause);
    }

    @Override
    public Submitted prepareChild(Namespace namespace, NewRun child, RunId parent) {
        if (child.key() != null) {
            throw new KedgeException.Invalid(
                    "key", "a child run has none: its parent waits for it and for no other");
        }
        return prepared(namespace, child, Cause.child(parent));
    }

    @Override
    public void writeChildren(Tx tx, Namespace namespace, List<Submitted> children) {
        write(tx, namespace, children);
    }

    @Override
    public void announceChildren(List<Submitted> children) {
        announce(children);
    }

    @Override
    public void start() {
        shared.start();
    }

    @Override
    public void stop(Duration grace) {
        shared.close(grace);
    }
}
