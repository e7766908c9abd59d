package dev.kedge.server.caller;

import dev.kedge.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key with which keys and tokens are hashed before they are stored. It is kept outside of the
 * database, and is the same for every server on it; without it, what the database says of keys and
 * tokens is worth nothing.
 */
public final class ServerKey {

    /** Where it lies in the data folder. */
    public static final String FILE = "server.key";

    private static final int BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";
    private static final String CREDENTIAL = "server-key";
    private static final byte[] PROBE = "kedge server key".getBytes(StandardCharsets.UTF_8);

    private final SecretKeySpec key;

    private ServerKey(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    static ServerKey random(SecureRandom random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new ServerKey(bytes);
    }

    /**
     * Reads a key of 32 bytes in base 64.
     *
     * @throws IllegalStateException it is none
     */
    public static ServerKey parse(String text) {
        try {
            var bytes = Base64.getDecoder().decode(text.strip());
            if (bytes.length == BYTES) {
                return new ServerKey(bytes);
            }
        } catch (IllegalArgumentException notBase64) {
            // Said below, without a word of what it was.
        }
        throw new IllegalStateException(
                "the server's key is 32 random bytes in base 64; make one with: openssl rand"
                        + " -base64 32");
    }

    /**
     * The key in {@code folder}. Where there is none, and the database of {@code engine} has not
     * seen one either, one is made.
     *
     * @throws IllegalStateException the database was used with another key
     */
    public static ServerKey in(Path folder, Engine engine, SecureRandom random) {
        var file = folder.resolve(FILE);
        try {
            if (Files.notExists(file)) {
                if (engine.credential(CREDENTIAL).isPresent()) {
                    throw elsewhere("there is no " + file);
                }
                make(file, random);
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the server's key in " + file, e);
        }
    }

    /** Whole or not at all: another server may be starting in the same folder. */
    private static void make(Path file, SecureRandom random) throws IOException {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        var made =
                Files.createTempFile(
                        Objects.requireNonNull(file.toAbsolutePath().getParent()),
                        FILE,
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(made, Base64.getEncoder().encodeToString(bytes) + "\n");
            Files.createLink(file, made);
        } catch (FileAlreadyExistsException quicker) {
            // The other one's counts.
        } finally {
            Files.delete(made);
        }
    }

    /**
     * Makes sure that the keys in the database were hashed with this key.
     *
     * @throws IllegalStateException they were hashed with another one
     */
    ServerKey checkedBy(Engine engine) {
        var own = HexFormat.of().formatHex(mac(PROBE));
        if (!engine.addCredential(CREDENTIAL, own)
                && !engine.credential(CREDENTIAL).equals(Optional.of(own))) {
            throw elsewhere("this is another one");
        }
        return this;
    }

    private static IllegalStateException elsewhere(String what) {
        return new IllegalStateException(
                ("the keys in this database were made with a server key that is kept outside of it,"
                                + " and %s. Copy %s from the data folder of the server that was"
                                + " first, or set KEDGE_SERVER_KEY to what it says")
                        .formatted(what, FILE));
    }

    /** What is stored of a secret, and looked for. */
    byte[] hash(String secret) {
        return hashOfDigest(sha256(secret));
    }

    /** The same for a secret of which only the plain SHA-256 is known. */
    byte[] hashOfDigest(byte[] digest) {
        return mac(digest);
    }

    byte[] mac(byte[] bytes) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException never) {
            throw new AssertionError("every JDK has " + ALGORITHM, never);
        }
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException never) {
            throw new AssertionError("every JDK has SHA-256", never);
        }
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "***";
    }
}
