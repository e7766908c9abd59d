package dev.kedge.engine;

import dev.kedge.model.KedgeException;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import java.util.List;
import java.util.Optional;

/**
 * The secrets that a run may know: those of its submitter first, then those of its namespace, then
 * those of the system. For use by any thread.
 *
 * <p>A secret is read anew whenever it is asked for, and never recorded: a replay sees the value of
 * its own time. What was handed out is taken out of everything the attempt says afterwards: log
 * lines, progress, failures, events and its result show {@code [secret:NAME]} instead. What code
 * reads back must not be changed behind its back, so a step, a state or a child run is refused that
 * would have the value on record.
 */
public interface RunSecrets {

    /**
     * One that is handed over.
     *
     * @param value whoever gets it may {@linkplain SecretValue#close wipe} it out
     */
    record Handed(SecretName name, SecretOwner owner, SecretValue value) {}

    /**
     * The nearest one of that name.
     *
     * @throws KedgeException.Conflict it is there and cannot be opened (code {@code
     *     secret_unreadable}), or this engine has no key for secrets ({@code secrets_off})
     */
    Optional<Handed> find(SecretName name);

    /** All that may be asked for, the nearest of each name first. None where there is no key. */
    List<Handed> all();

    /** The value of a secret; empty where there is none of that name. */
    default Optional<String> get(String name) {
        return find(new SecretName(name)).map(RunSecrets::textOf);
    }

    private static String textOf(Handed handed) {
        try (var value = handed.value()) {
            return value.text();
        }
    }

    /**
     * The value of a secret.
     *
     * @throws MissingSecretException there is none of that name; the message says which
     */
    default String getRequired(String name) {
        return get(name).orElseThrow(() -> new MissingSecretException(name));
    }
}
