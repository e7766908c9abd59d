package dev.kedge.server.caller;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A kind of secret that Kedge makes: a prefix by which a scanner knows it, 256 random bits in base
 * 36, and a checksum by which a typing error is noticed without a look into the database.
 */
enum Secret {
    KEY("kedge_"),
    ACCESS("kedge_at_"),
    REFRESH("kedge_rt_");

    private static final int RANDOM_BYTES = 32;
    private static final int RANDOM_CHARS = 50;
    private static final int CHECKSUM_CHARS = 7;
    private static final int RADIX = 36;
    private static final int HINT_CHARS = 6;

    private final String prefix;

    Secret(String prefix) {
        this.prefix = prefix;
    }

    String make(SecureRandom random) {
        var bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        var body = padded(new BigInteger(1, bytes), RANDOM_CHARS);
        return prefix + body + checksum(body);
    }

    /** What may be shown of a secret ever after. */
    String hint(String secret) {
        return secret.substring(0, prefix.length() + HINT_CHARS);
    }

    /** Which kind {@code text} is, if it is one and has no typing error. */
    static Optional<Secret> kindOf(String text) {
        for (var kind : values()) {
            if (kind.isWellFormed(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private boolean isWellFormed(String text) {
        var bodyEnd = prefix.length() + RANDOM_CHARS;
        return text.startsWith(prefix)
                && text.length() == bodyEnd + CHECKSUM_CHARS
                && text.substring(bodyEnd)
                        .equals(checksum(text.substring(prefix.length(), bodyEnd)));
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
}
