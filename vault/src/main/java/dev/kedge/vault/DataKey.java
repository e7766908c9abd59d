package dev.kedge.vault;

import com.google.crypto.tink.Aead;
import dev.kedge.model.Bytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

/** A key that seals what is stored. For use by any thread. */
public final class DataKey {

    /** How much one key may seal: random nonces must not meet. */
    public static final long MESSAGES_MAX = 1L << 31;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Aead cipher;

    private DataKey(Aead cipher) {
        this.cipher = cipher;
    }

    /** Makes a new key, of which nothing but the wrapped form is left. */
    public static Keyring.Wrapped make(Keyring keys, byte[] context) {
        var key = new byte[Cipher.KEY_BYTES];
        RANDOM.nextBytes(key);
        try {
            return keys.wrap(key, context);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * @throws VaultException see {@link Keyring#unwrap}
     */
    public static DataKey open(Keyring keys, Keyring.Wrapped wrapped, byte[] context) {
        var key = keys.unwrap(wrapped, context);
        try {
            return new DataKey(Cipher.of(key));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** The same key, wrapped by the keyring's current one. */
    public static Keyring.Wrapped rewrap(Keyring keys, Keyring.Wrapped wrapped, byte[] context) {
        var key = keys.unwrap(wrapped, context);
        try {
            return keys.wrap(key, context);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** The caller may clear {@code value} afterwards. */
    public Bytes seal(byte[] value, byte[] context) {
        try {
            return Bytes.of(cipher.encrypt(value, context));
        } catch (GeneralSecurityException failed) {
            throw new VaultException("cannot encrypt", failed);
        }
    }

    /**
     * The caller clears what is returned.
     *
     * @throws VaultException it was sealed by another key, for another context, or was changed
     */
    public byte[] open(Bytes sealed, byte[] context) {
        try {
            return cipher.decrypt(sealed.array(), context);
        } catch (GeneralSecurityException failed) {
            throw new VaultException("it was changed, or belongs elsewhere", failed);
        }
    }
}
