package dev.kedge.engine;

import dev.kedge.model.Claims;
import dev.kedge.model.Namespace;

/**
 * The engine as one caller finds it. PostgreSQL shows it the rows that its claims reach and no
 * others, so what it does not see is answered like what does not exist. For use by any thread.
 */
public final class Caller {

    private final Parts parts;

    Caller(Parts engine, Claims claims) {
        this.parts = engine.as(claims);
    }

    public Runs runs(Namespace namespace) {
        return new Runs(namespace, parts);
    }

    public Jobs jobs(Namespace namespace) {
        return new Jobs(namespace, parts);
    }

    public Events events(Namespace namespace) {
        return new Events(namespace, parts);
    }

    public Triggers triggers(Namespace namespace) {
        return new Triggers(namespace, parts);
    }

    public DeadLetters deadLetters(Namespace namespace) {
        return new DeadLetters(namespace, parts);
    }

    public Deployments deployments(Namespace namespace) {
        return new Deployments(namespace, parts);
    }
}
