package dev.kedge.vault;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What sealed bytes are bound to, so that they open in their own place only: texts and numbers one
 * after the other, each with its length before it. No two different lists have the same bytes.
 */
public final class Context {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /**
     * @param purpose keeps contexts of different kinds apart
     */
    public static Context of(String purpose) {
        return new Context().with(purpose);
    }

    public Context with(String text) {
        return with(text.getBytes(StandardCharsets.UTF_8));
    }

    public Context with(long number) {
        return with(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    private Context with(byte[] part) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        bytes.writeBytes(part);
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }
}
