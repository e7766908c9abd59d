package dev.kedge.functions;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells the bootstrap's frames from whatever else a process writes to the same descriptor.
 *
 * <p>A frame begins with the process's secret. Bytes that are not part of one are text the function
 * printed on its own account, and are handed on as such; they can delay frames and spoil the one
 * they were written into, but never make one.
 */
final class FrameReader {

    /** Takes what was printed between frames. */
    interface Stray {
        void printed(byte[] buffer, int from, int to);
    }

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final byte[] secret;
    private final int bodyBytesMax;
    private final Stray stray;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;

    FrameReader(InputStream in, byte[] secret, int bodyBytesMax, Stray stray) {
        this.in = in;
        this.secret = secret;
        this.bodyBytesMax = bodyBytesMax;
        this.stray = stray;
    }

    /**
     * Waits for the next frame; null at the end of the stream.
     *
     * @throws ForgedFrameException what follows the secret is no frame of ours
     */
    @Nullable Frame next() throws IOException {
        while (!startsWithSecret()) {
            skipStray();
            if (!fill()) {
                stray.printed(buffer, from, to);
                return null;
            }
        }
        while (to - from < Frame.HEAD_BYTES) {
            if (!fill()) {
                return null;
            }
        }
        var run = number(from + Frame.SECRET_BYTES);
        var kind = Frame.Kind.of(buffer[from + Frame.SECRET_BYTES + 4]);
        var size = number(from + Frame.SECRET_BYTES + 5);
        if (kind == null || size < 0 || size > bodyBytesMax) {
            throw new ForgedFrameException("%s of %d bytes".formatted(kind, size));
        }
        from += Frame.HEAD_BYTES;
        return new Frame(run, kind, body(size));
    }

    private byte[] body(int size) throws IOException {
        var body = new byte[size];
        var have = Math.min(size, to - from);
        System.arraycopy(buffer, from, body, 0, have);
        from += have;
        if (in.readNBytes(body, have, size - have) < size - have) {
            throw new EOFException("ended within a frame");
        }
        return body;
    }

    private boolean startsWithSecret() {
        return to - from >= secret.length
                && Arrays.equals(buffer, from, from + secret.length, secret, 0, secret.length);
    }

    /** Hands on everything before the next place where the secret is or may be about to be. */
    private void skipStray() {
        var at = from;
        while (at < to && !couldBeSecret(at)) {
            at++;
        }
        if (at > from) {
            stray.printed(buffer, from, at);
            from = at;
        }
    }

    private boolean couldBeSecret(int at) {
        var length = Math.min(secret.length, to - at);
        return Arrays.equals(buffer, at, at + length, secret, 0, length);
    }

    private boolean fill() throws IOException {
        if (startsWithSecret() && to - from >= Frame.HEAD_BYTES) {
            return true;
        }
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        var count = in.read(buffer, to, buffer.length - to);
        to += Math.max(count, 0);
        return count > 0;
    }

    private int number(int at) {
        return (buffer[at] & 0xff) << 24
                | (buffer[at + 1] & 0xff) << 16
                | (buffer[at + 2] & 0xff) << 8
                | (buffer[at + 3] & 0xff);
    }
}
