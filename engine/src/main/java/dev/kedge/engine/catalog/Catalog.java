package dev.kedge.engine.catalog;

import dev.kedge.model.DeploymentId;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.QueueName;
import dev.kedge.store.Db;
import dev.kedge.store.JobStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The definitions as this engine knows them: a copy in memory, read anew whenever somebody says
 * that it changed, and every now and then. What is not in it is looked for in the database.
 */
public final class Catalog {

    /**
     * A job, what its function's code is now, and the lanes that its runs wait in.
     *
     * @param limited whether a limit of the job or of its namespace must be minded at a start
     * @param metered whether its namespace has a quota, to be minded at a submission
     */
    public record Known(
            Job job,
            boolean removed,
            @Nullable DeploymentId deployment,
            boolean limited,
            boolean metered,
            Map<QueueName, Integer> lanes) {}

    private record Key(Namespace namespace, JobName job) {}

    private final Db db;
    private final JobStore jobs;
    private volatile Map<Key, Known> known = Map.of();

    public Catalog(Db db, JobStore jobs) {
        this.db = db;
        this.jobs = jobs;
    }

    /** Reads everything anew. */
    public synchronized void refresh() {
        var fresh = new HashMap<Key, Known>();
        for (var entry : db.autocommit(jobs::catalog)) {
            var job = entry.job();
            var knownJob =
                    fresh.computeIfAbsent(
                            new Key(job.namespace(), job.name()),
                            _ ->
                                    new Known(
                                            job,
                                            entry.removed(),
                                            entry.deployment(),
                                            entry.limited(),
                                            entry.metered(),
                                            new HashMap<>()));
            if (entry.lane() != null && entry.laneQueue() != null) {
                knownJob.lanes().put(entry.laneQueue(), entry.lane());
            }
        }
        known = Map.copyOf(fresh);
    }

    public List<Known> all() {
        return List.copyOf(known.values());
    }

    /** A job that may have been removed since: runs of it may still be under way. */
    public @Nullable Known find(Namespace namespace, JobName job) {
        var found = known.get(new Key(namespace, job));
        if (found == null) {
            refresh();
            found = known.get(new Key(namespace, job));
        }
        return found;
    }

    /**
     * A job that accepts runs.
     *
     * @throws KedgeException.NotFound there is no such job
     * @throws KedgeException.Conflict it is disabled (code {@code job_disabled})
     */
    public Known accepting(Namespace namespace, JobName job) {
        var found = find(namespace, job);
        if (found == null || found.removed() || !found.job().enabled()) {
            refresh(); // It may have come back.
            found = known.get(new Key(namespace, job));
        }
        if (found == null || found.removed()) {
            throw new KedgeException.NotFound("job", job.value());
        }
        if (!found.job().enabled()) {
            throw new KedgeException.Conflict(
                    "job_disabled", "job '%s' is disabled".formatted(job), null);
        }
        return found;
    }

    /** The lane of a job in a queue, made if there is none yet. */
    public int lane(Known job, QueueName queue) {
        var lane = job.lanes().get(queue);
        if (lane != null) {
            return lane;
        }
        var name = job.job().name();
        var namespace = job.job().namespace();
        db.inTransaction(tx -> jobs.ensureLane(tx, namespace, name, queue));
        refresh();
        var made = find(namespace, name);
        if (made == null || !made.lanes().containsKey(queue)) {
            throw new KedgeException.Internal("the lane of " + name + " was not made", null);
        }
        return made.lanes().get(queue);
    }
}
