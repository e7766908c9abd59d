package dev.kedge.engine;

import dev.kedge.engine.attempt.Births;
import dev.kedge.engine.attempt.Reports;
import dev.kedge.engine.attempt.Settler;
import dev.kedge.engine.attempt.Tally;
import dev.kedge.engine.attempt.Worker;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.catalog.Handlers;
import dev.kedge.engine.journal.LeasedJournal;
import dev.kedge.engine.journal.Scribe;
import dev.kedge.engine.keeper.Cancels;
import dev.kedge.engine.keeper.Housekeeper;
import dev.kedge.engine.keeper.Relay;
import dev.kedge.engine.keeper.Rescuer;
import dev.kedge.engine.keeper.Scheduler;
import dev.kedge.engine.keeper.Timer;
import dev.kedge.engine.secrets.AttemptSecrets;
import dev.kedge.engine.secrets.Vault;
import dev.kedge.engine.signal.Bells;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.AuditHead;
import dev.kedge.model.Binding;
import dev.kedge.model.Claims;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Run;
import dev.kedge.model.RunIds;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.WorkerInfo;
import dev.kedge.store.AuditStore;
import dev.kedge.store.CredentialStore;
import dev.kedge.store.Db;
import dev.kedge.store.DeadLetterStore;
import dev.kedge.store.DeploymentStore;
import dev.kedge.store.Durability;
import dev.kedge.store.EventStore;
import dev.kedge.store.JobStore;
import dev.kedge.store.JournalStore;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.LimitStore;
import dev.kedge.store.LogStore;
import dev.kedge.store.OutboxStore;
import dev.kedge.store.QuotaStore;
import dev.kedge.store.RunStore;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.Schema;
import dev.kedge.store.SecretStore;
import dev.kedge.store.TallyStore;
import dev.kedge.store.TimerStore;
import dev.kedge.store.TriggerStore;
import dev.kedge.store.WorkerStore;
import dev.kedge.vault.Keyring;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Kedge inside a Java application: enqueues runs, carries them out, and looks after the queue
 * together with every other engine on the same database. They need no configuration to cooperate.
 */
public final class Engine implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Db db;
    private final Catalog catalog;
    private final Handlers handlers;
    private final Worker worker;
    private final Bells bells;
    private final Timer timer;
    private final Relay relay;
    private final Scheduler scheduler;
    private final Parts parts;
    private final Vault vault;
    private final Tally tally = new Tally();
    private final Directory directory;
    private final CredentialStore credentials = new CredentialStore();
    private final JacksonCodec codec;
    private final List<Service> services;
    private boolean stopped; // guarded by this

    /**
     * Begins an engine on a PostgreSQL database (15 or newer). The pool behind it must allow at
     * least 10 connections; the schema is brought up to date at the start.
     */
    public static Builder on(DataSource database) {
        return new Builder(() -> Db.on(database));
    }

    /** The same, with a connection pool of the engine's own, closed when the engine stops. */
    public static Builder connect(String jdbcUrl, String user, String password) {
        return new Builder(() -> Db.connect(jdbcUrl, user, password));
    }

    /** Collects what an engine needs to know before it starts. Used by one thread. */
    public static final class Builder {

        private final Supplier<Db> database;
        private final List<Job> jobs = new ArrayList<>();
        private final Map<Handlers.JobKey, Handler> declared = new HashMap<>();
        private EngineConfig config = EngineConfig.DEFAULT;
        private @Nullable FunctionHandlers functions;
        private @Nullable Keyring keyring;
        private @Nullable RunTokens runTokens;

        private Builder(Supplier<Db> database) {
            this.database = database;
        }

        public Builder config(EngineConfig other) {
            config = other;
            return this;
        }

        /** Declares a handler for a job of the default namespace, with the default policy. */
        public Builder job(String name, Handler handler) {
            return job(
                    Job.of(
                            Namespace.DEFAULT,
                            new JobName(name),
                            new Binding.Java(),
                            JobPolicy.DEFAULT),
                    handler);
        }

        /** Declares a handler, and defines its job so. */
        public Builder job(Job job, Handler handler) {
            if (declared.put(new Handlers.JobKey(job.namespace(), job.name()), handler) != null) {
                throw new KedgeException.Invalid(
                        "job", "'%s' has two handlers in this engine".formatted(job.name()));
            }
            jobs.add(job);
            return this;
        }

        /** Declares a typed handler: payloads and results are mapped from and to JSON. */
        public <P> Builder job(
                String name,
                Class<P> payload,
                BiFunction<P, RunContext, ? extends @Nullable Object> handler) {
            return job(name, Handler.of(payload, handler));
        }

        /** The same, for a job with a policy of its own. */
        public <P> Builder job(
                Job job,
                Class<P> payload,
                BiFunction<P, RunContext, ? extends @Nullable Object> handler) {
            return job(job, Handler.of(payload, handler));
        }

        /** Lets this engine carry out the jobs that are bound to functions. */
        public Builder functions(FunctionHandlers handlers) {
            functions = handlers;
            return this;
        }

        /** Lets this engine keep secrets. Every engine on a database needs the same keys. */
        public Builder secrets(Keyring keys) {
            keyring = keys;
            return this;
        }

        /** What makes the tokens with which runs call back; without it they have none. */
        public Builder runTokens(RunTokens tokens) {
            runTokens = tokens;
            return this;
        }

        /** Brings the schema up to date, registers the worker and begins to work. */
        public Engine start() {
            var db = database.get();
            try {
                new Schema(db).migrate();
                return new Engine(this, db).started(jobs);
            } catch (RuntimeException failed) {
                db.close();
                throw failed;
            }
        }
    }

    /** The whole object graph. If it outgrows this page, the design is too wide. */
    private Engine(Builder builder, Db db) {
        this.db = db;
        this.codec = JacksonCodec.SHARED;
        var config = builder.config;
        var random = new SecureRandom();
        var ids = new RunIds(InstantSource.system(), random);
        Supplier<UUID> uuids = () -> ids.next().value();
        this.directory = new Directory(db, uuids);
        var jobs = new JobStore();
        var runs = new RunStore();
        var leases = new LeaseStore();
        var logs = new LogStore();
        var workers = new WorkerStore();
        var deployments = new DeploymentStore();
        var tallies = new TallyStore();
        var timers = new TimerStore();
        var journals = new JournalStore();
        var events = new EventStore();
        var limits = new LimitStore();
        var quotas = new QuotaStore();
        var watch = new RunWatch();

        catalog = new Catalog(db, jobs);
        handlers = new Handlers(db, deployments, builder.declared, builder.functions);
        bells = new Bells(db, this::heard);
        var reports = new Reports(db, leases, logs, watch);
        var settler = new Settler(db, leases, watch, this::released);
        timer = new Timer(db, timers, this::due);
        var submissions =
                new Submissions(
                        db,
                        runs,
                        quotas,
                        catalog,
                        ids,
                        config.payloadBytesMax(),
                        tally,
                        this::roomFor,
                        this::due,
                        timer::wake);
        var outbox = new OutboxStore();
        var cancels = new Cancels(runs, leases);
        relay =
                new Relay(
                        db,
                        outbox,
                        events,
                        cancels,
                        submissions,
                        watch,
                        this::due,
                        this::ordersGiven);
        var triggers = new TriggerStore();
        scheduler =
                new Scheduler(
                        db,
                        triggers,
                        outbox,
                        cancels,
                        submissions,
                        watch,
                        this::due,
                        this::ordersGiven);
        var publications = new Publications(db, events, relay::wake);
        var scribe = new Scribe(db, journals, submissions, relay::wake);
        vault = new Vault(db, new SecretStore(), builder.keyring, uuids);
        worker =
                new Worker(
                        config,
                        db,
                        leases,
                        workers,
                        catalog,
                        handlers,
                        reports,
                        settler,
                        new LeasedJournal.Parts(db, journals, scribe, submissions, uuids),
                        new AttemptSecrets.Sources(vault, builder.runTokens),
                        random,
                        tally,
                        uuids,
                        this::freed);
        var rescuer =
                new Rescuer(
                        config, db, workers, leases, catalog, watch, random, tally, this::wakeAll);
        var housekeeper =
                new Housekeeper(
                        db,
                        timers,
                        leases,
                        tallies,
                        workers,
                        events,
                        triggers,
                        limits,
                        vault,
                        catalog,
                        watch,
                        relay::wake,
                        this::due);
        var looks = new Looks(db, runs);
        parts =
                new Parts(
                        db,
                        runs,
                        leases,
                        logs,
                        jobs,
                        deployments,
                        tallies,
                        workers,
                        journals,
                        events,
                        triggers,
                        new DeadLetterStore(),
                        limits,
                        quotas,
                        new AuditStore(),
                        watch,
                        looks,
                        submissions,
                        publications,
                        uuids,
                        scheduler::wake,
                        this::ordersGiven,
                        this::definitionsChanged,
                        this::wakeAll,
                        null);
        services =
                List.of(
                        bells,
                        looks,
                        submissions,
                        publications,
                        settler,
                        reports,
                        scribe,
                        rescuer,
                        housekeeper,
                        timer,
                        relay,
                        scheduler,
                        worker);
    }

    private Engine started(List<Job> jobs) {
        try {
            start(jobs);
            return this;
        } catch (RuntimeException failed) {
            stop(Duration.ZERO);
            throw failed;
        }
    }

    private void start(List<Job> jobs) {
        for (var job : jobs) {
            db.inTransaction(tx -> parts.jobs().define(tx, job));
        }
        if (jobs.stream().anyMatch(job -> !job.policy().limits().equals(Limits.NONE))) {
            db.inTransaction(parts.workers()::quiesce);
        }
        catalog.refresh();
        services.forEach(Service::start);
        bells.ring(Bells.CATALOG);
    }

    private void heard(String hint) {
        switch (hint) {
            case Bells.ORDERS -> worker.readOrders();
            case Bells.CATALOG -> {
                catalog.refresh();
                worker.wake();
            }
            default -> worker.wake();
        }
    }

    private Births.@Nullable Room roomFor(List<Submitted> runs) {
        return worker.births().reserve(runs);
    }

    /** Runs are due in these lanes: here first, elsewhere where this engine cannot start them. */
    private void due(Set<Integer> lanes) {
        worker.wake();
        if (!worker.hasFreeSlot()) {
            lanes.forEach(lane -> bells.ring(Bells.LANE + lane));
            return;
        }
        var offered = handlers.offers(catalog);
        lanes.stream()
                .filter(lane -> offered.stream().noneMatch(offer -> offer.lane() == lane))
                .forEach(lane -> bells.ring(Bells.LANE + lane));
    }

    /** A lease in this lane, which this engine offers, is over; another run may start. */
    private void freed(int lane) {
        worker.wake();
        if (!worker.hasFreeSlot()) {
            bells.ring(Bells.LANE + lane);
        }
    }

    private void released(LeaseStore.Released run) {
        if (run.delay() == null) {
            return; // Something other than time will wake it.
        }
        if (run.delay().isZero()) {
            due(Set.of(run.lane()));
        } else {
            timer.wake();
        }
    }

    private void ordersGiven() {
        worker.readOrders();
        bells.ring(Bells.ORDERS);
    }

    private void definitionsChanged() {
        catalog.refresh();
        worker.wake();
        bells.ring(Bells.CATALOG);
    }

    private void wakeAll() {
        worker.wake();
        bells.ring(Bells.LANE);
    }

    /**
     * The engine for one caller, who sees and does what it claims and nothing more. Everything else
     * that this engine gives out acts as its operator and reaches everything.
     */
    public Caller as(Claims caller) {
        return new Caller(parts, caller);
    }

    public Runs runs(Namespace namespace) {
        return new Runs(namespace, parts);
    }

    /** The runs of the default namespace. */
    public Runs runs() {
        return runs(Namespace.DEFAULT);
    }

    public Jobs jobs(Namespace namespace) {
        return new Jobs(namespace, parts);
    }

    public Events events(Namespace namespace) {
        return new Events(namespace, parts);
    }

    /** The events of the default namespace. */
    public Events events() {
        return events(Namespace.DEFAULT);
    }

    /** What starts runs in a namespace by itself. */
    public Triggers triggers(Namespace namespace) {
        return new Triggers(namespace, parts);
    }

    /** What starts runs in the default namespace by itself. */
    public Triggers triggers() {
        return triggers(Namespace.DEFAULT);
    }

    public DeadLetters deadLetters(Namespace namespace) {
        return new DeadLetters(namespace, parts);
    }

    /** The dead letters of the default namespace. */
    public DeadLetters deadLetters() {
        return deadLetters(Namespace.DEFAULT);
    }

    public Deployments deployments(Namespace namespace) {
        return new Deployments(namespace, parts);
    }

    /** Who did what in a namespace. */
    public Audit audit(Namespace namespace) {
        return new Audit(namespace, parts);
    }

    /** Who did what that belongs to no namespace. */
    public Audit auditOfInstallation() {
        return new Audit(null, parts);
    }

    /** The audit chains of all namespaces that went on since {@code since}, oldest first. */
    public List<AuditHead> auditHeads(Instant since, int limit) {
        return db.autocommit(tx -> parts.audits().heads(tx, since, limit));
    }

    /** The secrets that every run of a namespace may know. */
    public Secrets secrets(Namespace namespace) {
        return new Secrets(new SecretOwner.Everybody(namespace), vault);
    }

    /** Those that the runs of one submitter may know, before all others of their names. */
    public Secrets secrets(Namespace namespace, PrincipalId user) {
        return new Secrets(new SecretOwner.OneUser(namespace, user), vault);
    }

    /** Those that every run may know, behind all others of their names. */
    public Secrets systemSecrets() {
        return new Secrets(SecretOwner.SYSTEM, vault);
    }

    /**
     * Puts a new key into use for what wraps data keys, and wraps all of these anew. Where an
     * operator looks after the keys, their first one is that.
     *
     * @param dataKeys whether to replace the data keys too, and to seal every secret anew
     * @throws KedgeException.Conflict this engine has no key for secrets (code {@code secrets_off})
     */
    public KeyRotation rotateKeys(boolean dataKeys) {
        return vault.rotate(dataKeys);
    }

    /** Who is known to this installation. */
    public Directory directory() {
        return directory;
    }

    /** A run of a job, with a payload that is written as JSON. */
    public NewRun newRun(String job, @Nullable Object payload) {
        return NewRun.of(new JobName(job), codec.encode(payload));
    }

    /**
     * The result of a completed run, read from JSON.
     *
     * @throws KedgeException.Conflict it has not completed (code {@code not_completed})
     */
    public <T> T result(Run run, Class<T> type) {
        if (run.result() == null) {
            throw new KedgeException.Conflict(
                    "not_completed",
                    "run %s is %s".formatted(run.id(), run.state().word()),
                    run.id());
        }
        return codec.decode(run.result(), type);
    }

    /** Every worker that lives, and those that were lost within the last hour. */
    public List<WorkerInfo> workers() {
        return db.autocommit(parts.workers()::list);
    }

    /** Looks at the database and at this worker. */
    public Health health() {
        var checks = new ArrayList<Health.Check>();
        try {
            var faults = db.autocommit(Durability::read).faults();
            checks.add(new Health.Check("database", true, "answers"));
            checks.add(
                    new Health.Check(
                            "durability",
                            faults.isEmpty(),
                            faults.isEmpty() ? "a commit is on disk" : String.join("; ", faults)));
        } catch (KedgeException silent) {
            checks.add(new Health.Check("database", false, String.valueOf(silent.getMessage())));
        }
        checks.add(workerCheck());
        return new Health(checks.stream().allMatch(Health.Check::passed), checks);
    }

    private Health.Check workerCheck() {
        if (!worker.takesRuns()) {
            return new Health.Check("worker", true, "has no slots and takes no runs");
        }
        var alive = worker.isAlive();
        return new Health.Check(
                "worker", alive, alive ? "beats" : "was declared lost and begins anew");
    }

    /** Numbers for dashboards and alarms. */
    public Meters meters() {
        return new Meters(
                tally.enqueued.sum(),
                tally.started.sum(),
                tally.startedAtOnce.sum(),
                tally.completed.sum(),
                tally.failed.sum(),
                tally.cancelled.sum(),
                tally.retried.sum(),
                tally.lost.sum(),
                tally.rescued.sum(),
                tally.declaredLost.sum(),
                worker.attempts().slotsTotal(),
                worker.attempts().slotsBusy());
    }

    /** The stored credential of this installation: a hash and never the secret. */
    public Optional<String> credential(String name) {
        return Optional.ofNullable(db.find(tx -> credentials.find(tx, name)));
    }

    /** Stores a credential's hash unless one of that name is there; says whether it did. */
    public boolean addCredential(String name, String hash) {
        return db.autocommit(tx -> credentials.add(tx, name, hash));
    }

    /**
     * Stops claiming, lets attempts end for at most {@code grace}, hands back what is still running
     * (no attempt is spent), and leaves. May be called again.
     */
    public synchronized void stop(Duration grace) {
        if (stopped) {
            return;
        }
        stopped = true;
        worker.stop(grace);
        for (var service : services.reversed()) {
            service.stop(Duration.ofSeconds(5));
        }
        db.close();
    }

    /** {@link #stop} with a grace of thirty seconds. */
    @Override
    public void close() {
        stop(GRACE);
    }
}
