package dev.kedge.vault;

import dev.kedge.model.Bytes;

/**
 * Who holds the keys that wrap other keys: a file, the environment, a service for keys. For use by
 * any thread.
 *
 * <p>One of its keys wraps; the others are there for what was wrapped before. A service for keys
 * (KMS) is asked once for each data key and start of a server, not once for each secret.
 */
public interface Keyring {

    /**
     * A key as it may be stored.
     *
     * @param wrappedBy the name of the key that wrapped it
     */
    record Wrapped(String wrappedBy, Bytes bytes) {}

    /** The name of the key that wraps from now on. */
    String current();

    /**
     * Wraps {@code key} under the current key.
     *
     * @param context what it is for; it can be unwrapped with the very same context only
     * @throws VaultException the service does not answer
     */
    Wrapped wrap(byte[] key, byte[] context);

    /**
     * The caller clears what is returned.
     *
     * @throws VaultException the key that wrapped it is not here, or it is not what was wrapped
     */
    byte[] unwrap(Wrapped key, byte[] context);

    /** Looks again which keys there are, where others may have changed them. */
    default void reload() {}

    /**
     * Makes a new current key, where this keyring looks after its keys itself; false where somebody
     * else does.
     */
    default boolean renew() {
        return false;
    }

    /** Forgets all keys but the current one, where this keyring looks after its keys itself. */
    default void forgetOthers() {}
}
