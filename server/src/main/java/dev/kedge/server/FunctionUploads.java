package dev.kedge.server;

import dev.kedge.model.Deployment;
import dev.kedge.model.Namespace;

/**
 * Takes code that somebody uploads, and makes versions of it the active one. Supplied by whoever
 * can tell whether code is acceptable, and what it asks of its job.
 */
public interface FunctionUploads {

    /**
     * Stores code as the function's next version.
     *
     * @throws dev.kedge.model.KedgeException.Invalid it is not code that could run
     */
    Deployment deploy(Namespace namespace, String function, String code, boolean promote);

    /**
     * Makes a version the active one, and the policy that its code asks for the job's.
     *
     * @throws dev.kedge.model.KedgeException.NotFound there is no such version
     */
    Deployment promote(Namespace namespace, String function, int version);
}
