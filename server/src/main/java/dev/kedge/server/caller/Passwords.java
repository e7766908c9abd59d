package dev.kedge.server.caller;

import dev.kedge.model.KedgeException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id and compares them. The cost stands with each hash, in the format
 * of the reference implementation, so that it can be raised without asking anybody for a new
 * password. For use by any thread; so many hashes are made at once as memory was set aside for.
 */
public final class Passwords {

    /**
     * @param kibibytes of memory
     * @param passes over it
     */
    record Cost(int kibibytes, int passes, int lanes) {}

    static final int CHARS_MIN = 12;
    static final int CHARS_MAX = 256;

    /** What OWASP's cheat sheet for password storage has as its first choice with 19 MiB. */
    static final Cost COST = new Cost(19 << 10, 2, 1);

    /** A hash that asks for more was not made here. */
    private static final int KIBIBYTES_MAX = 256 << 10;

    private static final int PASSES_MAX = 16;
    private static final int LANES_MAX = 4;

    private static final int AT_ONCE_MAX = 4;
    private static final Duration WAIT_MAX = Duration.ofSeconds(2);
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Pattern FORMAT =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,6}),t=(\\d{1,2}),p=(\\d)\\$"
                            + "([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})");

    private final Cost cost;
    private final SecureRandom random;
    private final Semaphore places = new Semaphore(AT_ONCE_MAX);

    /** What the password of nobody is compared with, so that it takes as long as anybody's. */
    private final String nobodys;

    Passwords(Cost cost, SecureRandom random) {
        this.cost = cost;
        this.random = random;
        this.nobodys = hash(Base64.getEncoder().encodeToString(random(HASH_BYTES)));
    }

    /**
     * @throws KedgeException.Invalid it is too short or too long for a password
     */
    public String hashNew(String password) {
        var chars = password.codePointCount(0, password.length());
        if (chars < CHARS_MIN || chars > CHARS_MAX) {
            throw new KedgeException.Invalid(
                    "password", "must have %d to %d characters".formatted(CHARS_MIN, CHARS_MAX));
        }
        return hash(password);
    }

    /** Whether it is the password of {@code stored}; false for any hash that was not made here. */
    public boolean matches(String password, String stored) {
        var parts = FORMAT.matcher(stored);
        if (!parts.matches() || password.length() > 2 * CHARS_MAX) {
            return false;
        }
        var its =
                new Cost(
                        Integer.parseInt(parts.group(1)),
                        Integer.parseInt(parts.group(2)),
                        Integer.parseInt(parts.group(3)));
        if (its.kibibytes() < 8 * Math.max(1, its.lanes())
                || its.kibibytes() > KIBIBYTES_MAX
                || its.passes() < 1
                || its.passes() > PASSES_MAX
                || its.lanes() < 1
                || its.lanes() > LANES_MAX) {
            return false;
        }
        var decoder = Base64.getDecoder();
        return MessageDigest.isEqual(
                argon2(password, decoder.decode(parts.group(4)), its),
                decoder.decode(parts.group(5)));
    }

    /** Takes the time of a comparison, for somebody who is not known. */
    void matchNobody(String password) {
        matches(password, nobodys);
    }

    /** Whether it was made with another cost than a hash would be now. */
    boolean isOutdated(String stored) {
        return !stored.startsWith(prefix());
    }

    private String hash(String password) {
        var salt = random(SALT_BYTES);
        var encoder = Base64.getEncoder().withoutPadding();
        return prefix()
                + encoder.encodeToString(salt)
                + "$"
                + encoder.encodeToString(argon2(password, salt, cost));
    }

    private String prefix() {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$"
                .formatted(cost.kibibytes(), cost.passes(), cost.lanes());
    }

    private byte[] argon2(String password, byte[] salt, Cost its) {
        try {
            if (!places.tryAcquire(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KedgeException.Unavailable("too many are signing in", null);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new KedgeException.Unavailable("the server is stopping", hurry);
        }
        try {
            var generator = new Argon2BytesGenerator();
            generator.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withMemoryAsKB(its.kibibytes())
                            .withIterations(its.passes())
                            .withParallelism(its.lanes())
                            .withSalt(salt)
                            .build());
            var hash = new byte[HASH_BYTES];
            generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
            return hash;
        } finally {
            places.release();
        }
    }

    private byte[] random(int bytes) {
        var made = new byte[bytes];
        random.nextBytes(made);
        return made;
    }
}
