package dev.kedge.model;

import java.util.Arrays;

/**
 * Bytes that mean nothing to those who carry them: what was encrypted, or a key that is wrapped.
 * The array is shared, not copied: nobody may write to it.
 */
public final class Bytes {

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** {@code array} must not change afterwards. */
    public static Bytes of(byte[] array) {
        return new Bytes(array);
    }

    /** The bytes themselves, to be read only. */
    public byte[] array() {
        return array;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
