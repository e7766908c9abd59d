package dev.kedge.server;

import dev.kedge.model.Deployment;
import dev.kedge.model.Namespace;

/** Takes code that somebody uploads. Whoever can tell whether code is acceptable supplies this. */
@FunctionalInterface
public interface FunctionUploads {

    /**
     * Stores code as the function's next version.
     *
     * @throws dev.kedge.model.KedgeException.Invalid it is not code that could run
     */
    Deployment deploy(Namespace namespace, String function, String code, boolean promote);
}
