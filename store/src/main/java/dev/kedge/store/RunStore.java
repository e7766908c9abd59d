package dev.kedge.store;

import dev.kedge.model.Attempt;
import dev.kedge.model.Cause;
import dev.kedge.model.Claims;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs as the outside sees them: submitted, found, listed, acted upon. */
public final class RunStore {

    /**
     * A submission that is ready to be written: its id made, its lane and priority settled.
     *
     * @param submitter null for Kedge itself and its operator
     */
    public record Submitted(
            RunId id,
            Namespace namespace,
            int lane,
            int priority,
            NewRun run,
            Cause cause,
            @Nullable Identity submitter) {

        private Party party() {
            return Party.of(namespace, submitter);
        }
    }

    /** An active run that was locked: at which epoch it stands, and who has it. */
    public record Locked(RunId run, long epoch, RunState state) {}

    /** What submissions go through one after the other: a key of a job, or its limit. */
    public record Gate(To to, JobName job, String key) {

        /** What kind of thing it is. Numbers are those of {@code key_lock.sql}. */
        public enum To {
            BUSINESS_KEY(0),
            ORDERING_KEY(1),
            LIMIT(2);

            private final long seed;

            To(long seed) {
                this.seed = seed;
            }
        }
    }

    private static final String TAG_SEPARATOR = "\u001f";
    private static final int NONE = -1;
    private static final int ATTEMPTS_SHOWN_MAX = 1_000;

    private static final Sql INSERT = Sql.load("run_insert");
    private static final Sql ADMIT = Sql.load("run_admit");
    private static final Sql ENQUEUE = Sql.load("run_enqueue");
    private static final Sql FIND = Sql.load("run_find");
    private static final Sql SEEN = Sql.load("run_seen");
    private static final Sql FIND_MANY = Sql.load("run_find_many");
    private static final Sql FIND_BY_KEY = Sql.load("run_find_by_key");
    private static final Sql LIST = Sql.load("run_list");
    private static final Sql LIST_ACTIVE = Sql.load("run_list_active");
    private static final Sql LIST_UNHAPPY = Sql.load("run_list_unhappy");
    private static final Sql LOCK = Sql.load("run_lock");
    private static final Sql ASK_CANCEL = Sql.load("run_ask_cancel");
    private static final Sql REPLACE = Sql.load("run_replace");
    private static final Sql LOCK_KEYS = Sql.load("key_lock");
    private static final Sql RAISE = Sql.load("run_raise");
    private static final Sql WAITING_OF_JOB = Sql.load("run_waiting_of_job");
    private static final Sql ATTEMPTS = Sql.load("attempt_list");

    private static final Set<RunState> ACTIVE =
            Set.of(RunState.PENDING, RunState.RUNNING, RunState.SLEEPING);
    private static final Set<RunState> UNHAPPY = Set.of(RunState.FAILED, RunState.CANCELLED);

    /**
     * Writes submissions and puts them in the queue. One that is there already, by id, is left
     * alone, so a batch whose outcome stayed unknown may be written again. No row is written for a
     * namespace or a submitter that none of them names, whatever lane it is in.
     */
    public void insert(Tx tx, List<Submitted> runs) {
        writing(tx, runs).query(bound(INSERT, runs), row -> row.uuid("run_id"));
    }

    /**
     * The same for jobs that refuse what is beyond their limit; returns what was taken. Other such
     * submissions wait until {@code tx} ends.
     *
     * @param over what is not to be taken, unless it is there already
     */
    public Set<RunId> admit(Tx tx, List<Submitted> runs, Set<RunId> over) {
        var overs = new boolean[runs.size()];
        for (var i = 0; i < overs.length; i++) {
            overs[i] = over.contains(runs.get(i).id());
        }
        return Set.copyOf(
                writing(tx, runs)
                        .query(
                                bound(ADMIT, runs).with("overs", overs),
                                row -> new RunId(row.uuid("run_id"))));
    }

    private static Tx writing(Tx tx, List<Submitted> runs) {
        return tx.writingFor(parties(runs));
    }

    static Set<Party> parties(List<Submitted> runs) {
        return runs.stream().map(Submitted::party).collect(Collectors.toSet());
    }

    static Sql.Bound bound(Sql sql, List<Submitted> runs) {
        var rows = new Columns<>(runs);
        return sql.with("run_ids", rows.uuids(row -> row.id().value()))
                .with("lanes", rows.numbers(Submitted::lane))
                .with("priorities", rows.numbers(Submitted::priority))
                .with("payloads", rows.bytes(row -> row.run().payload().bytes()))
                .with("delays_ms", rows.larges(row -> delayMillis(row.run())))
                .with("due_ats_ms", rows.larges(row -> millis(dueAt(row.run()))))
                .with("expires_ats_ms", rows.larges(row -> millis(row.run().expiresAt())))
                .with("max_attempts", rows.numbers(row -> orNone(row.run().maxAttempts())))
                .with("timeouts_ms", rows.larges(row -> millis(row.run().timeout())))
                .with("tags", rows.texts(row -> joined(row.run().tags())))
                .with("metadata", rows.bytes(row -> bytes(row.run().metadata())))
                .with("origins", rows.uuids(row -> uuid(row.run().origin())))
                .with("parents", rows.uuids(row -> uuid(row.cause().parent())))
                .with("triggers", rows.uuids(row -> trigger(row.cause())))
                .with("events", rows.uuids(row -> event(row.cause())))
                .with("concurrency_keys", rows.texts(row -> row.run().keys().concurrency()))
                .with("submitters", rows.texts(row -> id(row.submitter())))
                .with("submitter_roles", rows.texts(row -> role(row.submitter())))
                .with("submitter_emails", rows.texts(row -> email(row.submitter())));
    }

    /**
     * Submits one run in whatever transaction {@code tx} is in.
     *
     * @param ring whether workers are told at the commit
     * @throws dev.kedge.model.KedgeException.Conflict an active run of the job has its key
     * @throws dev.kedge.model.KedgeException.Exceeded the job has as many active runs as it may,
     *     and refuses more
     */
    public void enqueue(
            Tx tx,
            Namespace namespace,
            RunId id,
            NewRun run,
            @Nullable Identity submitter,
            boolean ring) {
        var due = dueAt(run);
        var tags = run.tags().toArray(String[]::new);
        tx.query(
                ENQUEUE.with("namespace", namespace.value())
                        .with("job", run.job().value())
                        .with("payload", run.payload().bytes())
                        .with("run", id.value())
                        .with("queue", run.queue() == null ? null : run.queue().value())
                        .with("priority", run.priority())
                        .with("due_at", due)
                        .with("delay_ms", delayMillis(run))
                        .with("key", run.key())
                        .with("expires_at", run.expiresAt())
                        .with("max_attempts", run.maxAttempts())
                        .with("timeout_ms", run.timeout() == null ? null : run.timeout().toMillis())
                        .with("tags", tags.length == 0 ? null : tags)
                        .with("metadata", bytes(run.metadata()))
                        .with("origin", uuid(run.origin()))
                        .with("ring", ring)
                        .with("concurrency_key", run.keys().concurrency())
                        .with("ordering_key", run.keys().ordering())
                        .with("submitted_by", id(submitter))
                        .with("submitter_role", role(submitter))
                        .with("submitter_email", email(submitter)),
                row -> row.uuid("enqueue"));
    }

    /**
     * Keeps other submissions to the same keys and limits waiting until {@code tx} ends. To be
     * called before anything else is done with them.
     */
    public void lock(Tx tx, Namespace namespace, Set<Gate> gates) {
        var rows = new Columns<>(List.copyOf(gates));
        tx.query(
                LOCK_KEYS
                        .with("namespace", namespace.value())
                        .with("jobs", rows.texts(gate -> gate.job().value()))
                        .with("keys", rows.texts(Gate::key))
                        .with("seeds", rows.larges(gate -> gate.to().seed)),
                row -> true);
    }

    /** The active run that has a business key, locked. */
    public @Nullable Locked lockByKey(Tx tx, Namespace namespace, JobName job, String key) {
        return tx.first(
                FIND_BY_KEY
                        .with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("key", key),
                row ->
                        new Locked(
                                new RunId(row.uuid("run_id")),
                                row.large("epoch"),
                                RunState.of(row.text("state"))));
    }

    /**
     * Puts a new submission in the place of a run that holds no lease: it keeps the id, and its
     * epoch goes on rising. False where the run is running, and so stays as it is.
     */
    public boolean replace(
            Tx tx,
            Namespace namespace,
            Locked run,
            NewRun by,
            @Nullable Identity submitter,
            boolean ring) {
        var id = run.run().value();
        if (tx.update(REPLACE.with("run", id).with("epoch", run.epoch())) == 0) {
            return false;
        }
        enqueue(tx, namespace, run.run(), by, submitter, ring);
        tx.update(RAISE.with("run", id).with("epoch", run.epoch()));
        return true;
    }

    /** A run that is looked for in a namespace. */
    public record Sought(Namespace namespace, RunId run) {}

    /** Those that are there. */
    public Map<Sought, Run> find(Tx tx, List<Sought> sought) {
        var rows = new Columns<>(sought);
        return tx
                .query(
                        FIND_MANY
                                .with("run_ids", rows.uuids(one -> one.run().value()))
                                .with("namespaces", rows.texts(one -> one.namespace().value())),
                        RunRows::run)
                .stream()
                .collect(
                        Collectors.toMap(
                                run -> new Sought(run.namespace(), run.id()), Function.identity()));
    }

    /** Whether a caller sees the run, in whatever transaction {@code tx} is in. */
    public boolean isSeen(Tx tx, Claims caller, Namespace namespace, RunId run) {
        return tx.as(caller)
                        .first(
                                SEEN.with("run", run.value()).with("namespace", namespace.value()),
                                row -> row.uuid("run_id"))
                != null;
    }

    public @Nullable Run find(Tx tx, Namespace namespace, RunId run) {
        return tx.first(
                FIND.with("run", run.value()).with("namespace", namespace.value()), RunRows::run);
    }

    /** Newest first, without payload, result and metadata. */
    public List<Run> list(Tx tx, Namespace namespace, RunFilter filter) {
        var states = filter.states();
        var isActive = !states.isEmpty() && ACTIVE.containsAll(states);
        var isUnhappy = !states.isEmpty() && UNHAPPY.containsAll(states);
        var sql = isActive ? LIST_ACTIVE : isUnhappy ? LIST_UNHAPPY : LIST;
        var words = states.stream().map(RunState::word).toArray(String[]::new);
        return tx.query(
                sql.with("namespace", namespace.value())
                        .with("states", states.isEmpty() ? null : words)
                        .with("job", filter.job() == null ? null : filter.job().value())
                        .with("queue", filter.queue() == null ? null : filter.queue().value())
                        .with("tag", filter.tag())
                        .with("key", filter.key())
                        .with("created_after", filter.createdAfter())
                        .with("created_before", filter.createdBefore())
                        .with("before", uuid(filter.before()))
                        .with("limit", filter.limit()),
                RunRows::summary);
    }

    /** An active run, locked until {@code tx} ends; null where it is not, or no longer, active. */
    public @Nullable Locked lock(Tx tx, Namespace namespace, RunId run) {
        return tx.first(
                LOCK.with("run", run.value()).with("namespace", namespace.value()),
                row -> new Locked(run, row.large("epoch"), RunState.of(row.text("state"))));
    }

    /** Notes that a running run is to stop. */
    public void askCancel(Tx tx, Locked run, String by) {
        tx.update(
                ASK_CANCEL
                        .with("run", run.run().value())
                        .with("epoch", run.epoch())
                        .with("by", by));
    }

    /** Runs of a job that hold no lease. */
    public List<Locked> waiting(Tx tx, Namespace namespace, JobName job, int limit) {
        return tx.query(
                WAITING_OF_JOB
                        .with("namespace", namespace.value())
                        .with("job", job.value())
                        .with("limit", limit),
                row ->
                        new Locked(
                                new RunId(row.uuid("run_id")),
                                row.large("epoch"),
                                RunState.PENDING));
    }

    /** The attempts that did not end the run, oldest first. */
    public List<Attempt> attempts(Tx tx, Namespace namespace, RunId run) {
        return tx.query(
                ATTEMPTS.with("run", run.value())
                        .with("namespace", namespace.value())
                        .with("limit", ATTEMPTS_SHOWN_MAX),
                row ->
                        new Attempt(
                                row.number("number"),
                                row.large("epoch"),
                                new WorkerId(row.uuid("worker")),
                                row.timeOrNull("started_at"),
                                row.time("ended_at"),
                                Objects.requireNonNull(RunRows.failure(row))));
    }

    private static long delayMillis(NewRun run) {
        return run.start() instanceof NewRun.Start.After(var delay) ? delay.toMillis() : 0;
    }

    private static @Nullable Instant dueAt(NewRun run) {
        return run.start() instanceof NewRun.Start.At(var time) ? time : null;
    }

    private static long millis(@Nullable Instant time) {
        return time == null ? NONE : time.toEpochMilli();
    }

    private static long millis(@Nullable Duration duration) {
        return duration == null ? NONE : duration.toMillis();
    }

    private static int orNone(@Nullable Integer number) {
        return number == null ? NONE : number;
    }

    private static @Nullable String joined(List<String> tags) {
        return tags.isEmpty() ? null : String.join(TAG_SEPARATOR, tags);
    }

    private static byte @Nullable [] bytes(@Nullable Payload payload) {
        return payload == null ? null : payload.bytes();
    }

    private static @Nullable UUID uuid(@Nullable RunId run) {
        return run == null ? null : run.value();
    }

    private static @Nullable String id(@Nullable Identity submitter) {
        return submitter == null ? null : submitter.id().value();
    }

    private static @Nullable String role(@Nullable Identity submitter) {
        return submitter == null ? null : submitter.role();
    }

    private static @Nullable String email(@Nullable Identity submitter) {
        return submitter == null ? null : submitter.email();
    }

    private static @Nullable UUID trigger(Cause cause) {
        return cause.trigger() == null ? null : cause.trigger().value();
    }

    private static @Nullable UUID event(Cause cause) {
        return cause.event() == null ? null : cause.event().value();
    }
}
