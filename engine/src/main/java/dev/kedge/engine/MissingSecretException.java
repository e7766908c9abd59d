package dev.kedge.engine;

/** A secret that a handler cannot do without is not there. */
public final class MissingSecretException extends RuntimeException {

    public MissingSecretException(String name) {
        super("Required secret '%s' not found".formatted(name));
    }
}
