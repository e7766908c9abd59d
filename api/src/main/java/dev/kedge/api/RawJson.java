package dev.kedge.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON value of the user's own inside a message, as the bytes it was sent in: big numbers, key
 * order and white space are kept. The array is shared, not copied: nobody may write to it.
 */
public final class RawJson {

    public static final RawJson NULL = new RawJson("null".getBytes(StandardCharsets.UTF_8));

    private final byte[] bytes;

    private RawJson(byte[] bytes) {
        this.bytes = bytes;
    }

    /** {@code json} must be one JSON value in UTF-8; {@link Json#raw} checks foreign bytes. */
    public static RawJson of(byte[] json) {
        return new RawJson(json);
    }

    public byte[] bytes() {
        return bytes;
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawJson that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }
}
