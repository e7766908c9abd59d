package dev.kedge.engine;

import dev.kedge.engine.attempt.Births;
import dev.kedge.engine.attempt.Tally;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.journal.Children;
import dev.kedge.engine.keeper.Routing;
import dev.kedge.model.Cause;
import dev.kedge.model.Claims;
import dev.kedge.model.Enqueued;
import dev.kedge.model.Identity;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Role;
import dev.kedge.model.RunId;
import dev.kedge.model.RunIds;
import dev.kedge.store.Claimed;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.QuotaStore;
import dev.kedge.store.RunStore;
import dev.kedge.store.RunStore.Gate;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.StartStore;
import dev.kedge.store.Tx;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts runs into the queue.
 *
 * <p>Plain submissions share commits, and so do, among themselves, those to jobs that refuse what
 * is beyond their limit. Those with a business key or an ordering key may have to wait for somebody
 * else's transaction, so they have one of their own, with a bound on that wait.
 */
final class Submissions implements Service, Children, Routing {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_MAX = 2_000;
    private static final int WRITERS = 2;
    private static final int LOCK_WAIT_MILLIS = 5_000;
    private static final int RACES_MAX = 5;

    private final Db db;
    private final RunStore runs;
    private final StartStore starts = new StartStore();
    private final Catalog catalog;
    private final RunIds ids;
    private final int payloadBytesMax;
    private final Tally tally;
    private final Function<List<Submitted>, Births.@Nullable Room> roomHere;
    private final Consumer<Set<Integer>> due;
    private final Runnable later;
    private final GroupCommit<Submitted, Enqueued> shared;
    private final Admissions admissions;

    /**
     * @param roomHere makes room for runs that may start here; null where there is none
     * @param due is called with the lanes in which runs are due now
     * @param later is called when a run was given a time of its own
     */
    Submissions(
            Db db,
            RunStore runs,
            QuotaStore quotas,
            Catalog catalog,
            RunIds ids,
            int payloadBytesMax,
            Tally tally,
            Function<List<Submitted>, Births.@Nullable Room> roomHere,
            Consumer<Set<Integer>> due,
            Runnable later) {
        this.db = db;
        this.runs = runs;
        this.catalog = catalog;
        this.ids = ids;
        this.payloadBytesMax = payloadBytesMax;
        this.tally = tally;
        this.roomHere = roomHere;
        this.due = due;
        this.later = later;
        this.shared = new GroupCommit<>("enqueue", WRITERS, BATCH_MAX, PATIENCE, this::insert);
        this.admissions =
                new Admissions(
                        db, runs, quotas, BATCH_MAX, PATIENCE, LOCK_WAIT_MILLIS, this::announce);
    }

    Enqueued submit(Namespace namespace, NewRun run, Author author) {
        var submitted = prepared(namespace, run, author);
        return switch (submitted.way()) {
            case SHARED -> shared.write(submitted.row());
            case ADMITTED -> taken(GroupCommit.await(admissions.submit(submitted)));
            case ALONE -> atomically(namespace, List.of(submitted)).getFirst();
        };
    }

    private static Enqueued taken(Runs.Submission answer) {
        return switch (answer) {
            case Runs.Submission.Accepted(var enqueued) -> enqueued;
            case Runs.Submission.Refused(var reason) -> throw reason;
        };
    }

    List<Runs.Submission> submitEach(Namespace namespace, List<NewRun> newRuns, Author author) {
        var chain = new Chain(namespace);
        var answers = newRuns.stream().map(run -> submit(namespace, run, author, chain)).toList();
        chain.write();
        return answers.stream().map(Submissions::answer).toList();
    }

    /** A write that failed is the answer to its own run alone. */
    private static Runs.Submission answer(CompletableFuture<Runs.Submission> coming) {
        try {
            return GroupCommit.await(coming);
        } catch (KedgeException reason) {
            return refused(reason);
        }
    }

    private CompletableFuture<Runs.Submission> submit(
            Namespace namespace, NewRun run, Author author, Chain chain) {
        try {
            var submitted = prepared(namespace, run, author);
            return switch (submitted.way()) {
                case SHARED -> shared.submit(submitted.row()).thenApply(Submissions::accepted);
                case ADMITTED -> admissions.submit(submitted);
                case ALONE -> chain.add(submitted);
            };
        } catch (KedgeException refused) {
            return CompletableFuture.completedFuture(refused(refused));
        }
    }

    /**
     * Submissions that are written one after the other. Those that nothing in the queue can be a
     * reason to refuse share a transaction with their like.
     */
    private final class Chain {

        private final Namespace namespace;
        private final List<Prepared> unwritten = new ArrayList<>();
        private final List<CompletableFuture<Runs.Submission>> answers = new ArrayList<>();

        Chain(Namespace namespace) {
            this.namespace = namespace;
        }

        CompletableFuture<Runs.Submission> add(Prepared run) {
            var answer = new CompletableFuture<Runs.Submission>();
            if (!run.isCertain()) {
                write();
            }
            unwritten.add(run);
            answers.add(answer);
            if (!run.isCertain()) {
                write();
            }
            return answer;
        }

        void write() {
            if (unwritten.isEmpty()) {
                return;
            }
            try {
                var enqueued = atomically(namespace, unwritten);
                for (var i = 0; i < answers.size(); i++) {
                    answers.get(i).complete(accepted(enqueued.get(i)));
                }
            } catch (KedgeException reason) {
                answers.forEach(answer -> answer.complete(refused(reason)));
            }
            unwritten.clear();
            answers.clear();
        }
    }

    private static Runs.Submission accepted(Enqueued enqueued) {
        return new Runs.Submission.Accepted(enqueued);
    }

    private static Runs.Submission refused(KedgeException reason) {
        return new Runs.Submission.Refused(reason);
    }

    List<Enqueued> submitAll(Namespace namespace, List<NewRun> newRuns, Author author) {
        return atomically(
                namespace, newRuns.stream().map(run -> prepared(namespace, run, author)).toList());
    }

    Enqueued submitIn(Connection transaction, Namespace namespace, NewRun run, Author author) {
        var submitted = prepared(namespace, run, author);
        var tx = new Tx(transaction);
        checkQuota(tx, List.of(submitted));
        lock(tx, namespace, List.of(submitted));
        return enqueueAlone(tx, namespace, submitted, true);
    }

    /** Everything that can be refused is refused here, before anything is written. */
    private Prepared prepared(Namespace namespace, NewRun run, Author author) {
        return prepared(namespace, run, Cause.SUBMITTED, author);
    }

    /** Whom a run is for must hold one of the roles; what nobody submitted is Kedge's own. */
    private static void checkRole(Job job, @Nullable Identity submitter) {
        var required = job.policy().requireRoles();
        if (submitter != null && !Role.meetsOneOf(submitter.role(), required)) {
            throw new KedgeException.Forbidden(
                    "job '%s' takes runs only from whoever has the role %s; this is for the role %s"
                            .formatted(
                                    job.name(), String.join(" or ", required), submitter.role()));
        }
    }

    private Prepared prepared(Namespace namespace, NewRun run, Cause cause, Author author) {
        run.payload().atMost(payloadBytesMax, "payload");
        var known = catalog.accepting(namespace, run.job());
        var policy = known.job().policy();
        checkRole(known.job(), author.submitter());
        var queue = run.queue() == null ? policy.queue() : run.queue();
        var priority = run.priority() == null ? policy.priority() : run.priority();
        return new Prepared(
                new Submitted(
                        ids.next(),
                        namespace,
                        catalog.lane(known, queue),
                        priority,
                        run,
                        cause,
                        author.submitter()),
                policy.limits().refuses() && cause.equals(Cause.SUBMITTED),
                known.metered() && cause.equals(Cause.SUBMITTED),
                author.caller());
    }

    private List<Enqueued> insert(List<Submitted> batch) {
        var room = roomHere.apply(batch);
        if (room == null) {
            db.autocommit(tx -> {
                runs.insert(tx, inOrder(batch));
                return true;
            });
            announce(batch);
        } else {
            announce(batch, startIn(room, batch));
        }
        return batch.stream().map(run -> new Enqueued(run.id(), true)).toList();
    }

    /** Stores the batch, and begins what was leased to this worker by that; returns it. */
    private Set<RunId> startIn(Births.Room room, List<Submitted> batch) {
        List<Claimed> leased = List.of();
        try {
            leased =
                    db.autocommit(tx ->
                            starts.insert(tx, inOrder(batch), room.holder(), room.expected()));
        } finally {
            room.begin(leased);
        }
        return leased.stream().map(claimed -> claimed.lease().run()).collect(Collectors.toSet());
    }

    private List<Enqueued> atomically(Namespace namespace, List<Prepared> batch) {
        for (var race = 1; ; race++) {
            try {
                var enqueued =
                        db.transaction(tx -> {
                            tx.lockTimeout(LOCK_WAIT_MILLIS);
                            return write(tx, namespace, batch);
                        });
                announce(rows(batch));
                return enqueued;
            } catch (KedgeException.Conflict taken) {
                // An application took the key by the function in the schema: look again.
                if (taken.run() != null || race == RACES_MAX) {
                    throw taken;
                }
            }
        }
    }

    private List<Enqueued> write(Tx tx, Namespace namespace, List<Prepared> batch) {
        checkQuota(tx, batch);
        lock(tx, namespace, batch);
        insertAll(tx, going(Prepared.Way.SHARED, batch));
        admitAll(tx, going(Prepared.Way.ADMITTED, batch));
        return batch.stream()
                .map(run ->
                        run.way() == Prepared.Way.ALONE
                                ? enqueueAlone(tx, namespace, run, false)
                                : new Enqueued(run.id(), true))
                .toList();
    }

    private void insertAll(Tx tx, List<Prepared> batch) {
        if (!batch.isEmpty()) {
            runs.insert(tx, inOrder(rows(batch)));
        }
    }

    private void admitAll(Tx tx, List<Prepared> batch) {
        if (!batch.isEmpty()) {
            throwFirst(batch, admissions.refusedOf(tx, batch, Map.of()));
        }
    }

    private void checkQuota(Tx tx, List<Prepared> batch) {
        throwFirst(batch, admissions.beyondQuotas(tx, batch));
    }

    private static void throwFirst(List<Prepared> batch, Map<RunId, KedgeException> refused) {
        for (var run : batch) {
            if (refused.containsKey(run.id())) {
                throw refused.get(run.id());
            }
        }
    }

    /** All at once and before anything else, so that two batches never wait crosswise. */
    private void lock(Tx tx, Namespace namespace, List<Prepared> batch) {
        var gates = new HashSet<Gate>();
        for (var submitted : batch) {
            var run = submitted.run();
            if (run.key() != null) {
                gates.add(new Gate(Gate.To.BUSINESS_KEY, run.job(), run.key()));
            }
            if (run.keys().ordering() != null) {
                gates.add(new Gate(Gate.To.ORDERING_KEY, run.job(), run.keys().ordering()));
            }
            if (submitted.refusable()) {
                gates.add(new Gate(Gate.To.LIMIT, run.job(), ""));
            }
        }
        if (!gates.isEmpty()) {
            runs.lock(tx, namespace, gates);
        }
    }

    private Enqueued enqueueAlone(Tx tx, Namespace namespace, Prepared run, boolean ring) {
        var key = run.run().key();
        return key == null
                ? enqueue(tx, namespace, run.row(), ring)
                : enqueueKeyed(tx, namespace, run, key, ring);
    }

    private Enqueued enqueueKeyed(
            Tx tx, Namespace namespace, Prepared prepared, String key, boolean ring) {
        var run = prepared.row();
        var holder = runs.lockByKey(tx, namespace, run.run().job(), key);
        if (holder == null) {
            return enqueue(tx, namespace, run, ring);
        }
        if (!mayKnow(prepared.caller(), tx, namespace, holder.run())) {
            throw new KedgeException.Conflict(
                    "key_taken",
                    "key: an active run of job '%s' has the key '%s'"
                            .formatted(run.run().job(), key),
                    null);
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

    private boolean mayKnow(@Nullable Claims caller, Tx tx, Namespace namespace, RunId run) {
        return caller == null || runs.isSeen(tx, caller, namespace, run);
    }

    private Enqueued replace(
            Tx tx, Namespace namespace, RunStore.Locked holder, Submitted run, boolean ring) {
        runs.replace(tx, namespace, holder, run.run(), run.submitter(), ring);
        return new Enqueued(holder.run(), false);
    }

    private Enqueued enqueue(Tx tx, Namespace namespace, Submitted run, boolean ring) {
        runs.enqueue(tx, namespace, run.id(), run.run(), run.submitter(), ring);
        return new Enqueued(run.id(), true);
    }

    private static List<Prepared> going(Prepared.Way way, List<Prepared> batch) {
        return batch.stream().filter(run -> run.way() == way).toList();
    }

    private static List<Submitted> rows(List<Prepared> batch) {
        return batch.stream().map(Prepared::row).toList();
    }

    private static List<Submitted> inOrder(List<Submitted> batch) {
        return batch.stream().sorted(Comparator.comparing(Submitted::id)).toList();
    }

    private void announce(Collection<Submitted> batch) {
        announce(batch, Set.of());
    }

    private void announce(Collection<Submitted> batch, Set<RunId> started) {
        tally.enqueued.add(batch.size());
        var lanes = new TreeSet<Integer>();
        var timed = false;
        for (var run : batch) {
            if (!started.contains(run.id())) {
                lanes.add(run.lane());
                timed |= !(run.run().start() instanceof NewRun.Start.Now);
            }
        }
        if (!lanes.isEmpty()) {
            due.accept(lanes);
        }
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
    Enqueued submitWith(
            Namespace namespace, NewRun run, Author author, BiConsumer<Tx, RunId> also) {
        var submitted = prepared(namespace, run, author);
        var enqueued =
                db.transaction(tx -> {
                    tx.lockTimeout(LOCK_WAIT_MILLIS);
                    var answer = write(tx, namespace, List.of(submitted)).getFirst();
                    also.accept(tx, answer.run());
                    return answer;
                });
        announce(List.of(submitted.row()));
        return enqueued;
    }

    @Override
    public void writeTriggered(Tx tx, Namespace namespace, List<Submitted> triggered) {
        write(tx, namespace, certain(triggered));
        tally.enqueued.add(triggered.size());
    }

    @Override
    public Submitted prepareTriggered(Namespace namespace, NewRun run, Cause cause) {
        return prepared(namespace, run, cause, Author.ENGINE).row();
    }

    @Override
    public Submitted prepareChild(
            Namespace namespace, NewRun child, RunId parent, @Nullable Identity submitter) {
        if (child.key() != null) {
            throw new KedgeException.Invalid(
                    "key", "a child run has none: its parent waits for it and for no other");
        }
        if (child.keys().ordering() != null) {
            throw new KedgeException.Invalid(
                    "orderingKey", "a child run has none: its parent decides what comes when");
        }
        return prepared(namespace, child, Cause.child(parent), new Author(submitter, null)).row();
    }

    private static List<Prepared> certain(List<Submitted> rows) {
        return rows.stream().map(Prepared::certain).toList();
    }

    @Override
    public void writeChildren(Tx tx, Namespace namespace, List<Submitted> children) {
        write(tx, namespace, certain(children));
    }

    @Override
    public void announceChildren(List<Submitted> children) {
        announce(children);
    }

    @Override
    public void start() {
        shared.start();
        admissions.start();
    }

    @Override
    public void stop(Duration grace) {
        shared.close(grace);
        admissions.stop(grace);
    }
}
