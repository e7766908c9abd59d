package dev.kedge.server;

import dev.kedge.model.Durations;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads request bodies, none larger than its route takes, and all together no more than the server
 * has room for.
 */
final class Bodies {

    private static final int PERMIT_BYTES = 1 << 10;
    private static final long ROOM_WAIT_MS = 2_000;
    private static final int PIECE_BYTES = 16 << 10;

    /** How long a body may take to arrive, so that nobody keeps room by sending slowly. */
    private static final Duration READ_MAX = Duration.ofSeconds(60);

    /** What is read and thrown away of a refused body, so that its sender hears the answer. */
    private static final int DRAIN_BYTES_MAX = 8 << 20;

    private static final Duration DRAIN_MAX = Duration.ofSeconds(2);

    /** How long a body may be as slow as it likes. */
    private static final Duration SLOW_MAX = Duration.ofSeconds(5);

    private static final int BYTES_PER_SECOND_MIN = 1 << 10;

    private static final String READ = "kedge.body.read";

    private final Semaphore room;

    Bodies(int bytesMax) {
        this.room = new Semaphore(bytesMax / PERMIT_BYTES);
    }

    /**
     * Takes room for the request's body, to be given back with {@link #leave}; returns how much.
     * What says that it is too large is refused before a byte of it is read.
     */
    int enter(Context ctx, int bytesMax) throws InterruptedException {
        var announced = ctx.req().getContentLengthLong();
        if (announced > bytesMax) {
            throw tooLarge(ctx, bytesMax);
        }
        if (announced == 0 || (announced < 0 && ctx.header("Transfer-Encoding") == null)) {
            return 0;
        }
        var permits = (int) ((announced < 0 ? bytesMax : announced) / PERMIT_BYTES) + 1;
        if (!room.tryAcquire(permits, ROOM_WAIT_MS, TimeUnit.MILLISECONDS)) {
            ctx.header("Connection", "close");
            throw Refused.because(ErrorCode.BUSY, "too many large requests at the same time");
        }
        return permits;
    }

    void leave(int permits) {
        room.release(permits);
    }

    static byte[] read(Context ctx, int bytesMax) throws IOException {
        var in = ctx.req().getInputStream();
        var body =
                new ByteArrayOutputStream(
                        Math.clamp(ctx.req().getContentLengthLong(), 0, bytesMax));
        var piece = new byte[PIECE_BYTES];
        var began = System.nanoTime();
        for (var n = in.read(piece); n >= 0; n = in.read(piece)) {
            body.write(piece, 0, n);
            if (body.size() > bytesMax) {
                throw tooLarge(ctx, bytesMax);
            }
            checkPace(ctx, Duration.ofNanos(System.nanoTime() - began), body.size());
        }
        ctx.attribute(READ, true);
        return body.toByteArray();
    }

    private static void checkPace(Context ctx, Duration took, int bytes) {
        if (took.compareTo(READ_MAX) > 0) {
            throw tooSlow(ctx, "the body took longer than " + Durations.format(READ_MAX));
        }
        if (took.compareTo(SLOW_MAX) > 0 && bytes < BYTES_PER_SECOND_MIN * took.toSeconds()) {
            throw tooSlow(
                    ctx,
                    "the body came at less than %d bytes a second".formatted(BYTES_PER_SECOND_MIN));
        }
    }

    private static Refused tooSlow(Context ctx, String detail) {
        ctx.header("Connection", "close");
        return Refused.because(ErrorCode.REQUEST_TIMEOUT, detail);
    }

    /** Whether a body was sent of which something may still be on its way. */
    static boolean leftUnread(Context ctx) {
        var sent = ctx.req().getContentLengthLong() > 0 || ctx.header("Transfer-Encoding") != null;
        return sent && ctx.attribute(READ) == null;
    }

    /**
     * Reads on, after the answer, what is still on its way: a connection that is closed with unread
     * bytes in it is reset, and many senders lose the answer then. (RFC 9112, section 9.6.)
     */
    static void drain(Context ctx) throws IOException {
        if (ctx.header("Expect") != null) {
            return; // Who asked first has sent nothing yet.
        }
        var in = ctx.req().getInputStream();
        var piece = new byte[PIECE_BYTES];
        var deadline = System.nanoTime() + DRAIN_MAX.toNanos();
        var left = DRAIN_BYTES_MAX;
        while (left > 0 && System.nanoTime() - deadline < 0) {
            var n = in.read(piece);
            if (n < 0) {
                return;
            }
            left -= n;
        }
    }

    private static Refused tooLarge(Context ctx, int bytesMax) {
        ctx.header("Connection", "close"); // The rest of it is not worth waiting for.
        return Refused.because(
                ErrorCode.TOO_LARGE, "the body is larger than %d bytes".formatted(bytesMax));
    }
}
