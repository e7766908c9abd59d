package dev.kedge.server;

import dev.kedge.engine.Engine;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Principal;
import dev.kedge.model.PrincipalId;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The one key that opens everything. Made by whichever server first starts on a database; only its
 * hash is stored, so the secret can be shown that once and never again.
 *
 * <p>A plain SHA-256 is enough: the secret has 256 random bits and cannot be guessed from its hash.
 * The last seven characters are a checksum, by which a scanner tells a key from something like it.
 */
public final class AdminKey {

    private static final String CREDENTIAL = "admin-key";
    private static final Principal ADMINISTRATOR =
            Principal.service(new PrincipalId("service:administrator"));
    private static final String PREFIX = "kedge_";
    private static final int RANDOM_BYTES = 32;
    private static final int RANDOM_CHARS = 50;
    private static final int CHECKSUM_CHARS = 7;
    private static final int RADIX = 36;

    private final byte[] hash;
    private final @Nullable String secret;

    private AdminKey(byte[] hash, @Nullable String secret) {
        this.hash = hash;
        this.secret = secret;
    }

    /** The key of the engine's database; made now, if it has none yet. */
    public static AdminKey of(Engine engine, SecureRandom random) {
        var stored = engine.credential(CREDENTIAL);
        if (stored.isPresent()) {
            return stored(stored.get());
        }
        var secret = make(random);
        if (engine.addCredential(CREDENTIAL, hashOf(secret))) {
            return new AdminKey(sha256(secret), secret);
        }
        // Another server was quicker.
        return stored(
                engine.credential(CREDENTIAL)
                        .orElseThrow(() -> new KedgeException.Internal("no admin key", null)));
    }

    /** The secret, if this call made the key: to be shown now or never. */
    public Optional<String> secret() {
        return Optional.ofNullable(secret);
    }

    /** Who presents this: the installation's administrator, or nobody. */
    Optional<Principal> principal(String presented) {
        return opens(presented) ? Optional.of(ADMINISTRATOR) : Optional.empty();
    }

    /** Whether {@code presented} is the key. Takes as long for a near miss as for any other. */
    boolean opens(String presented) {
        return MessageDigest.isEqual(sha256(presented), hash);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "***";
    }

    static String make(SecureRandom random) {
        var bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        var body = padded(new BigInteger(1, bytes), RANDOM_CHARS);
        return PREFIX + body + checksum(body);
    }

    /** Whether {@code text} looks like a key and has no typing error. */
    static boolean isWellFormed(String text) {
        var bodyEnd = PREFIX.length() + RANDOM_CHARS;
        return text.startsWith(PREFIX)
                && text.length() == bodyEnd + CHECKSUM_CHARS
                && text.substring(bodyEnd)
                        .equals(checksum(text.substring(PREFIX.length(), bodyEnd)));
    }

    static AdminKey stored(String hex) {
        return new AdminKey(HexFormat.of().parseHex(hex), null);
    }

    static String hashOf(String secret) {
        return HexFormat.of().formatHex(sha256(secret));
    }

    private static String checksum(String body) {
        var crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return padded(BigInteger.valueOf(crc.getValue()), CHECKSUM_CHARS);
    }

    private static String padded(BigInteger number, int chars) {
        var digits = number.toString(RADIX);
        return "0".repeat(chars - digits.length()) + digits;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException never) {
            throw new AssertionError("every JDK has SHA-256", never);
        }
    }
}
