package dev.kedge.engine;

import dev.kedge.model.Deployment;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.KedgeException;
import java.util.List;
import java.util.Optional;

/** The functions of one namespace, and the versions of their code. For use by any thread. */
public final class Deployments {

    /**
     * Stores code as the function's next version, and makes it the active one if {@code promote}.
     * The very code of the newest version again is not stored again.
     */
    public Deployment deploy(String function, String code, boolean promote) {
        throw new IllegalStateException("not wired yet");
    }

    /** The active deployment of each function, by name. Their code is left out (empty). */
    public List<Deployment> list() {
        throw new IllegalStateException("not wired yet");
    }

    /** All versions of a function, newest first, at most 500. Their code is left out (empty). */
    public List<Deployment> versions(String function) {
        throw new IllegalStateException("not wired yet");
    }

    public Optional<Deployment> find(DeploymentId id) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Makes a version the active one: runs that first start from now on use it.
     *
     * @throws KedgeException.NotFound there is no such version
     */
    public Deployment promote(String function, int version) {
        throw new IllegalStateException("not wired yet");
    }
}
