package dev.kedge.store;

import dev.kedge.model.Backoff;
import dev.kedge.model.Binding;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.OnWorkerLost;
import dev.kedge.model.QueueName;
import dev.kedge.model.RateLimit;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.RetryPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Definitions, and the lanes their runs wait in. */
public final class JobStore {

    /**
     * A job as the catalog has it.
     *
     * @param removed whether its definition was taken back
     * @param lane one of its lanes; null where it has none yet
     * @param laneQueue the queue of that lane
     * @param deployment what its function's code is now; null unless it is bound to one
     * @param limited whether a limit of the job or of its namespace must be minded
     */
    public record Entry(
            Job job,
            boolean removed,
            @Nullable Integer lane,
            @Nullable QueueName laneQueue,
            @Nullable DeploymentId deployment,
            boolean limited,
            boolean metered) {}

    private static final Sql DEFINE = Sql.load("job_define");
    private static final Sql FIND = Sql.load("job_find");
    private static final Sql LIST = Sql.load("job_list");
    private static final Sql REMOVE = Sql.load("job_remove");
    private static final Sql PAUSE = Sql.load("job_pause");
    private static final Sql LANE = Sql.load("lane_ensure");
    private static final Sql CATALOG = Sql.load("catalog_read");

    /** Whether that changed anything: the very same definition again does not. */
    public boolean define(Tx tx, Job job) {
        var policy = job.policy();
        var retry = policy.recovery().retry();
        var limits = policy.limits();
        var definition =
                DEFINE.with("namespace", job.namespace().value())
                        .with("name", job.name().value())
                        .with("binding", word(job.binding()))
                        .with("function", function(job.binding()))
                        .with("description", job.description())
                        .with("enabled", job.enabled())
                        .with("max_attempts", retry.maxAttempts())
                        .with("backoff", word(retry.backoff()))
                        .with("backoff_delays_ms", delays(retry.backoff()))
                        .with("jitter", retry.jitter())
                        .with(
                                "on_worker_lost",
                                policy.recovery().onWorkerLost().name().toLowerCase(Locale.ROOT))
                        .with("max_losses", policy.recovery().maxLosses())
                        .with("timeout_ms", millis(policy.timeout()))
                        .with("progress_timeout_ms", millis(policy.progressTimeout()))
                        .with("cancel_grace_ms", millis(policy.cancelGrace()))
                        .with("priority", policy.priority())
                        .with("queue", policy.queue().value())
                        .with("max_concurrency", limits.maxConcurrency())
                        .with("on_exceeded", limits.onExceeded().name().toLowerCase(Locale.ROOT))
                        .with("max_concurrency_per_key", limits.maxConcurrencyPerKey())
                        .with("rate_limit", limits.rate() == null ? null : limits.rate().limit())
                        .with(
                                "rate_per_ms",
                                limits.rate() == null ? null : millis(limits.rate().per()))
                        .with("require_roles", policy.requireRoles().toArray(String[]::new));
        var changed = tx.update(definition);
        ensureLane(tx, job.namespace(), job.name(), policy.queue());
        return changed > 0;
    }

    /** Makes the lane of a job in a queue, if it is not there. */
    public void ensureLane(Tx tx, Namespace namespace, JobName job, QueueName queue) {
        tx.update(
                LANE.with("namespace", namespace.value())
                        .with("queue", queue.value())
                        .with("job", job.value()));
    }

    public @Nullable Job find(Tx tx, Namespace namespace, JobName name) {
        return tx.first(
                FIND.with("namespace", namespace.value()).with("name", name.value()),
                JobStore::job);
    }

    public List<Job> list(Tx tx, Namespace namespace, @Nullable JobName after, int limit) {
        return tx.query(
                LIST.with("namespace", namespace.value())
                        .with("after", after == null ? null : after.value())
                        .with("limit", limit),
                JobStore::job);
    }

    /** Whether there was such a job. */
    public boolean remove(Tx tx, Namespace namespace, JobName name) {
        return tx.update(REMOVE.with("namespace", namespace.value()).with("name", name.value()))
                == 1;
    }

    /** Whether there is such a job. */
    public boolean pause(Tx tx, Namespace namespace, JobName name, boolean paused) {
        return tx.update(
                        PAUSE.with("namespace", namespace.value())
                                .with("name", name.value())
                                .with("paused", paused))
                == 1;
    }

    /** Every lane there is with its job, and jobs without one. */
    public List<Entry> catalog(Tx tx) {
        return tx.query(CATALOG.plain(), JobStore::entry);
    }

    private static Entry entry(Row row) throws SQLException {
        var queue = row.textOrNull("lane_queue");
        var deployment = row.uuidOrNull("active_deployment");
        return new Entry(
                job(row),
                row.timeOrNull("removed_at") != null,
                row.numberOrNull("lane"),
                queue == null ? null : new QueueName(queue),
                deployment == null ? null : new DeploymentId(deployment),
                row.flag("counts"),
                row.flag("metered"));
    }

    private static Job job(Row row) throws SQLException {
        var retry =
                new RetryPolicy(
                        row.number("max_attempts"),
                        backoff(row.text("backoff"), row.millis("backoff_delays_ms")),
                        row.real("jitter"));
        var recovery =
                new RecoveryPolicy(
                        retry,
                        OnWorkerLost.valueOf(row.text("on_worker_lost").toUpperCase(Locale.ROOT)),
                        row.number("max_losses"));
        var policy =
                new JobPolicy(
                        recovery,
                        row.millisOrNull("timeout_ms"),
                        row.millisOrNull("progress_timeout_ms"),
                        row.millisOrNull("cancel_grace_ms"),
                        row.number("priority"),
                        new QueueName(row.text("queue")),
                        limits(row),
                        row.texts("require_roles"));
        return new Job(
                new Namespace(row.text("namespace")),
                new JobName(row.text("name")),
                binding(row),
                policy,
                row.textOrNull("description"),
                row.flag("enabled"),
                row.flag("paused"),
                row.number("version"));
    }

    static Limits limits(Row row) throws SQLException {
        var limit = row.numberOrNull("rate_limit");
        var per = row.millisOrNull("rate_per_ms");
        return new Limits(
                row.numberOrNull("max_concurrency"),
                OnExceeded.valueOf(row.text("on_exceeded").toUpperCase(Locale.ROOT)),
                row.numberOrNull("max_concurrency_per_key"),
                limit == null || per == null ? null : new RateLimit(limit, per));
    }

    private static Binding binding(Row row) throws SQLException {
        var function = row.textOrNull("function");
        return function == null ? new Binding.Java() : new Binding.Function(function);
    }

    private static String word(Binding binding) {
        return switch (binding) {
            case Binding.Java _ -> "java";
            case Binding.Function _ -> "function";
        };
    }

    private static @Nullable String function(Binding binding) {
        return binding instanceof Binding.Function(var function) ? function : null;
    }

    private static String word(Backoff backoff) {
        return switch (backoff) {
            case Backoff.Fixed _ -> "fixed";
            case Backoff.Linear _ -> "linear";
            case Backoff.Exponential _ -> "exponential";
            case Backoff.Table _ -> "table";
        };
    }

    private static long[] delays(Backoff backoff) {
        var delays =
                switch (backoff) {
                    case Backoff.Fixed(var delay) -> List.of(delay);
                    case Backoff.Linear(var initial, var ceiling) -> List.of(initial, ceiling);
                    case Backoff.Exponential(var initial, var ceiling) -> List.of(initial, ceiling);
                    case Backoff.Table(var table) -> table;
                };
        return delays.stream().mapToLong(Duration::toMillis).toArray();
    }

    private static Backoff backoff(String word, List<Duration> delays) {
        return switch (word) {
            case "fixed" -> new Backoff.Fixed(delays.get(0));
            case "linear" -> new Backoff.Linear(delays.get(0), delays.get(1));
            case "exponential" -> new Backoff.Exponential(delays.get(0), delays.get(1));
            default -> new Backoff.Table(delays);
        };
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : (Long) duration.toMillis();
    }
}
