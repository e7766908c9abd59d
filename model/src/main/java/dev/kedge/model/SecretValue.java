package dev.kedge.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The value of a secret, as text in UTF-8. It is never shown by accident, and can be wiped out
 * where its use is over. Not for use by several threads.
 */
public final class SecretValue implements AutoCloseable {

    public static final int BYTES_MAX = 64 << 10;

    private final byte[] bytes;

    private SecretValue(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes {@code utf8} over: {@link #close} clears it.
     *
     * @throws KedgeException.Invalid it is empty
     */
    public static SecretValue of(byte[] utf8) {
        if (utf8.length > BYTES_MAX) {
            throw new KedgeException.TooLarge("value", utf8.length, BYTES_MAX);
        }
        if (utf8.length == 0) {
            throw new KedgeException.Invalid("value", "must not be empty");
        }
        return new SecretValue(utf8);
    }

    public static SecretValue of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves, to be read only, and not after {@link #close}. */
    public byte[] bytes() {
        return bytes;
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Overwrites it. */
    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "***";
    }
}
