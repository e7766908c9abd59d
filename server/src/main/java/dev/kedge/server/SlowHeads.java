package dev.kedge.server;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;

/**
 * Closes connections on which the head of a request does not become whole in time. The idle timeout
 * sees nothing of a client that sends a byte now and then; this does. It takes in the handshake of
 * TLS, which comes before the first head.
 *
 * <p>{@link #look} is to be called a few times in the allowed time.
 */
final class SlowHeads implements Connection.Listener {

    private static final long NONE = -1;

    private final Duration within;
    private final ConcurrentMap<Connection, Progress> connections = new ConcurrentHashMap<>();

    SlowHeads(Duration within) {
        this.within = within;
    }

    /** What was seen of a connection; touched by those who look only, one after the other. */
    private static final class Progress {
        long heads;
        long bytes;
        long since;

        Progress(long opened) {
            this.since = opened;
        }
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof ConnectionMetaData) { // It speaks HTTP, within TLS or not.
            connections.put(connection, new Progress(System.nanoTime()));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }

    /** Closes what has been too slow. */
    void look() {
        var now = System.nanoTime();
        connections.forEach((connection, progress) -> {
            if (isTooSlow(connection, progress, now)) {
                connection.close();
            }
        });
    }

    private boolean isTooSlow(Connection connection, Progress progress, long now) {
        var heads = connection.getMessagesIn();
        var bytes = connection.getBytesIn();
        if (heads > progress.heads || heads > connection.getMessagesOut()) {
            // A head became whole, or is being answered. What comes next has not begun.
            progress.heads = heads;
            progress.bytes = bytes;
            progress.since = NONE;
        } else if (progress.since == NONE && bytes > progress.bytes) {
            progress.since = now;
        }
        return progress.since != NONE && now - progress.since > within.toNanos();
    }
}
