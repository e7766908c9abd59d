package dev.kedge.engine.catalog;

import dev.kedge.engine.FunctionHandlers;
import dev.kedge.engine.Handler;
import dev.kedge.model.Binding;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.Failure;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import dev.kedge.store.Db;
import dev.kedge.store.DeploymentStore;
import dev.kedge.store.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Who in this engine carries out which job. */
public final class Handlers {

    /** Names a job across namespaces. */
    public record JobKey(Namespace namespace, JobName name) {}

    private final Db db;
    private final DeploymentStore deployments;
    private final Map<JobKey, Handler> declared;
    private final @Nullable FunctionHandlers functions;
    private final ConcurrentMap<DeploymentId, Handler> deployed = new ConcurrentHashMap<>();

    public Handlers(
            Db db,
            DeploymentStore deployments,
            Map<JobKey, Handler> declared,
            @Nullable FunctionHandlers functions) {
        this.db = db;
        this.deployments = deployments;
        this.declared = Map.copyOf(declared);
        this.functions = functions;
    }

    /** The lanes whose runs this engine can carry out, with the code that new ones would use. */
    public List<Offer> offers(Catalog catalog) {
        var offers = new ArrayList<Offer>();
        for (var known : catalog.all()) {
            if (canHandle(known)) {
                known.lanes()
                        .values()
                        .forEach(lane ->
                                offers.add(new Offer(lane, known.deployment(), known.limited())));
            }
        }
        return offers;
    }

    private boolean canHandle(Catalog.Known known) {
        return switch (known.job().binding()) {
            case Binding.Java _ -> declared.containsKey(key(known.job()));
            case Binding.Function _ -> functions != null && known.deployment() != null;
        };
    }

    /**
     * The handler of a job. Where there is none after all, the one that says so: the walk of a run
     * stays straight.
     */
    public Handler handlerFor(Job job, @Nullable DeploymentId deployment) {
        return switch (job.binding()) {
            case Binding.Java _ -> declared.getOrDefault(key(job), missing(job));
            case Binding.Function _ when functions == null || deployment == null -> missing(job);
            case Binding.Function _ ->
                    deployed.computeIfAbsent(
                            deployment, id -> load(functions, job.namespace(), id));
        };
    }

    private Handler load(FunctionHandlers handlers, Namespace namespace, DeploymentId id) {
        var deployment = db.find(tx -> deployments.find(tx, namespace, id));
        return deployment == null
                ? _ -> noHandler("deployment " + id + " is gone")
                : handlers.handlerFor(deployment);
    }

    private static Handler missing(Job job) {
        return _ -> noHandler("no handler for job '" + job.name() + "' here");
    }

    private static Outcome noHandler(String message) {
        return new Outcome.Failed(Failure.of(Failure.Code.NO_HANDLER, message));
    }

    private static JobKey key(Job job) {
        return new JobKey(job.namespace(), job.name());
    }
}
