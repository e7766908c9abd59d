package dev.kedge.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * Values as bytes, such that different values never have the same bytes: every text has its length
 * before it, every number eight bytes, the largest first.
 */
final class Canonical {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** {@code purpose} keeps what is made for one end from being taken for another. */
    Canonical(String purpose) {
        add(purpose);
    }

    Canonical add(String text) {
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(utf8.length).array());
        bytes.writeBytes(utf8);
        return this;
    }

    Canonical add(long number) {
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        return this;
    }

    /** In microseconds, which is what PostgreSQL keeps. */
    Canonical add(Instant time) {
        return add(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }

    /** Bytes whose number is always the same. */
    Canonical addHex(String hex) {
        bytes.writeBytes(HexFormat.of().parseHex(hex));
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
