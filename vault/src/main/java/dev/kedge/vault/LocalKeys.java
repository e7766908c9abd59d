package dev.kedge.vault;

import com.google.crypto.tink.Aead;
import dev.kedge.model.Bytes;
import dev.kedge.model.KedgeException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keys that this process holds itself.
 *
 * <p>As text they are base64 of 32 bytes each, separated by white space or commas; the first one is
 * the current one. A key's name is made of its hash, so that the same key has the same name on
 * every server and a wrong one is known for what it is.
 */
public final class LocalKeys implements Keyring {

    public static final int KEYS_MAX = 16;

    private static final int NAME_BYTES = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String current;
    private final Map<String, Aead> keys;

    private LocalKeys(String current, Map<String, Aead> keys) {
        this.current = current;
        this.keys = Map.copyOf(keys);
    }

    /**
     * @param from where the text comes from, for the words of a refusal
     * @throws KedgeException.Invalid it is no list of keys
     */
    public static LocalKeys parse(String from, String text) {
        return parse(from, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The same; the caller may clear {@code text} afterwards. */
    static LocalKeys parse(String from, byte[] text) {
        var keys = new LinkedHashMap<String, Aead>();
        var first = "";
        for (var at = 0; at < text.length; ) {
            var end = at;
            while (end < text.length && !separates(text[end])) {
                end++;
            }
            if (end > at) {
                var key = decoded(from, Arrays.copyOfRange(text, at, end));
                var name = nameOf(key);
                first = first.isEmpty() ? name : first;
                keys.put(name, Cipher.of(key));
                Arrays.fill(key, (byte) 0);
            }
            at = end + 1;
        }
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw wanted(from);
        }
        return new LocalKeys(first, keys);
    }

    /** A new key as text. */
    static byte[] makeText() {
        var key = new byte[Cipher.KEY_BYTES];
        RANDOM.nextBytes(key);
        try {
            return Base64.getEncoder().encode(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static boolean separates(byte character) {
        return character == ',' || character <= ' ';
    }

    private static byte[] decoded(String from, byte[] word) {
        try {
            var key = Base64.getDecoder().decode(word);
            if (key.length == Cipher.KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException notBase64) {
            throw wanted(from); // Without the cause: it would say a part of the key.
        } finally {
            Arrays.fill(word, (byte) 0);
        }
        throw wanted(from);
    }

    private static KedgeException.Invalid wanted(String from) {
        return new KedgeException.Invalid(
                from,
                "1 to %d keys of %d bytes in base64 are wanted, as `openssl rand -base64 32` makes"
                                .formatted(KEYS_MAX, Cipher.KEY_BYTES)
                        + " them; the first one is used for what is new");
    }

    private static String nameOf(byte[] key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("kedge key name".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(key), 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    @Override
    public String current() {
        return current;
    }

    boolean has(String name) {
        return keys.containsKey(name);
    }

    @Override
    public Wrapped wrap(byte[] key, byte[] context) {
        try {
            return new Wrapped(current, Bytes.of(key(current).encrypt(key, context)));
        } catch (GeneralSecurityException failed) {
            throw new VaultException("cannot encrypt", failed);
        }
    }

    @Override
    public byte[] unwrap(Wrapped key, byte[] context) {
        try {
            return key(key.wrappedBy()).decrypt(key.bytes().array(), context);
        } catch (GeneralSecurityException failed) {
            throw new VaultException(
                    "its key was changed, or belongs to another namespace", failed);
        }
    }

    private Aead key(String name) {
        var key = keys.get(name);
        if (key == null) {
            throw new VaultException(
                    "it was sealed with the help of key %s, and this server has only %s"
                            .formatted(
                                    name,
                                    String.join(", ", keys.keySet().stream().sorted().toList())));
        }
        return key;
    }

    /** Names of keys, never keys. */
    @Override
    public String toString() {
        return "keys %s, of which %s wraps".formatted(keys.keySet(), current);
    }
}
