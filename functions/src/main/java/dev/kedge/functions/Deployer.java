package dev.kedge.functions;

import dev.kedge.engine.Engine;
import dev.kedge.model.Binding;
import dev.kedge.model.Deployment;
import dev.kedge.model.Job;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import java.util.Optional;

/** Brings code into an engine: described first, stored then, and at last bound to its job. */
final class Deployer {

    private final Describer describer;

    Deployer(Describer describer) {
        this.describer = describer;
    }

    /** Refuses code whose job belongs to somebody else. */
    Deployed deploy(
            Engine engine, Namespace namespace, String function, String code, boolean promote) {
        var description = describer.describe(namespace, function, code);
        refuseElsewhere(namespace, description);
        refuseTaken(engine, namespace, function, description);
        return store(engine, namespace, function, code, description, promote);
    }

    /** Makes a version that is stored already the active one, with the policy it asks for. */
    Deployed promote(Engine engine, Namespace namespace, String function, int version) {
        var deployments = engine.deployments(namespace);
        var stored =
                deployments.versions(function).stream()
                        .filter(candidate -> candidate.version() == version)
                        .findFirst()
                        .flatMap(found -> deployments.find(found.id()))
                        .orElseThrow(() ->
                                new KedgeException.NotFound(
                                        "version of " + function, Integer.toString(version)));
        var description = describer.describe(namespace, function, stored.code());
        refuseTaken(engine, namespace, function, description);
        var active = deployments.promote(function, version);
        return deployed(engine, active, description, true);
    }

    /** Stores code that was described before, and binds its job to it. */
    Deployed store(
            Engine engine,
            Namespace namespace,
            String function,
            String code,
            FunctionDescription description,
            boolean promote) {
        var deployment = engine.deployments(namespace).deploy(function, code, promote);
        return deployed(engine, deployment, description, promote);
    }

    private static Deployed deployed(
            Engine engine, Deployment deployment, FunctionDescription said, boolean promoted) {
        var job = promoted ? Optional.of(define(engine, deployment, said)) : Optional.<Job>empty();
        return new Deployed(deployment, job, said.warnings());
    }

    /** A job that was switched off or paused stays so when its code changes. */
    private static Job define(Engine engine, Deployment deployment, FunctionDescription said) {
        var jobs = engine.jobs(deployment.namespace());
        var before = jobs.find(said.job());
        var job =
                jobs.define(
                        new Job(
                                deployment.namespace(),
                                said.job(),
                                new Binding.Function(deployment.function()),
                                said.policy(),
                                said.description().orElse(null),
                                before.map(Job::enabled).orElse(true),
                                before.map(Job::paused).orElse(false),
                                before.map(Job::version).orElse(1)));
        engine.triggers(deployment.namespace()).declare(job.name(), said.schedules());
        return job;
    }

    private static void refuseElsewhere(Namespace namespace, FunctionDescription said) {
        var wanted = said.namespace().orElse(namespace);
        if (!wanted.equals(namespace)) {
            throw new KedgeException.Invalid(
                    "@kedge:namespace",
                    "the code is meant for namespace '%s', not for '%s'"
                            .formatted(wanted, namespace));
        }
    }

    private static void refuseTaken(
            Engine engine, Namespace namespace, String function, FunctionDescription said) {
        var existing = engine.jobs(namespace).find(said.job());
        if (existing.isPresent()
                && !existing.get().binding().equals(new Binding.Function(function))) {
            throw new KedgeException.Conflict(
                    "job_name_taken",
                    "the job '%s' is carried out by %s"
                            .formatted(said.job(), words(existing.get().binding())),
                    null);
        }
    }

    private static String words(Binding binding) {
        return switch (binding) {
            case Binding.Java() -> "a Java application";
            case Binding.Function(var function) -> "the function '" + function + "'";
        };
    }
}
