package dev.kedge.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON value, as the bytes it arrived in: a run's payload, its result, a piece of progress.
 *
 * <p>Bytes and not a tree, so that large numbers, key order and spelling survive the journey. That
 * the bytes are JSON is the business of whoever makes one from foreign input. The array is shared,
 * not copied: nobody may write to it.
 */
public final class Payload {

    /** The largest payload or result that is taken, unless a server is told otherwise. */
    public static final int BYTES_MAX = 1 << 20;

    public static final Payload NULL = ofJson("null");

    private final byte[] json;

    private Payload(byte[] json) {
        this.json = json;
    }

    /** {@code json} must be one JSON value in UTF-8, and must not change afterwards. */
    public static Payload ofJson(byte[] json) {
        return new Payload(json);
    }

    public static Payload ofJson(String json) {
        return new Payload(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves, to be read only. */
    public byte[] bytes() {
        return json;
    }

    public int size() {
        return json.length;
    }

    public String text() {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** Refuses what is over {@code bytesMax}, naming {@code field}. */
    public Payload atMost(int bytesMax, String field) {
        if (json.length > bytesMax) {
            throw new KedgeException.TooLarge(field, json.length, bytesMax);
        }
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(json, that.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }

    @Override
    public String toString() {
        return json.length <= 200 ? text() : "%d bytes of JSON".formatted(json.length);
    }
}
