package dev.kedge.server;

import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Payload;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Where the server listens and how much it takes.
 *
 * @param host an address or a name of this machine; loopback unless told otherwise
 * @param port 0 for any free one
 * @param payloadBytesMax the largest payload; the same as the engine's
 * @param batchBodyBytesMax the largest body of a batch
 * @param bodiesBytesMax what all bodies that are being read or worked on may have together
 * @param waitingMax long polls and streams at the same time
 * @param connectionsMax connections at the same time; further ones wait to be accepted
 * @param idleTimeout how long a connection may stand still, in either direction
 * @param edge what it minds before it looks at what is asked
 */
public record ServerConfig(
        String host,
        int port,
        int payloadBytesMax,
        int batchBodyBytesMax,
        int bodiesBytesMax,
        int waitingMax,
        int connectionsMax,
        Duration idleTimeout,
        EdgeConfig edge) {

    /** What a body may have on top of the payload in it. */
    public static final int ENVELOPE_BYTES = 64 << 10;

    private static final int BODY_BYTES_LIMIT = 1 << 29;

    public static final ServerConfig DEFAULT =
            new ServerConfig(
                    "127.0.0.1",
                    8080,
                    Payload.BYTES_MAX,
                    32 << 20,
                    256 << 20,
                    1_000,
                    4_000,
                    Duration.ofSeconds(30),
                    EdgeConfig.DEFAULT);

    public ServerConfig {
        if (host.isBlank()) {
            throw new KedgeException.Invalid("host", "must not be empty");
        }
        check("port", port, 0, 65_535);
        check("payloadBytesMax", payloadBytesMax, 1, BODY_BYTES_LIMIT - ENVELOPE_BYTES);
        check(
                "batchBodyBytesMax",
                batchBodyBytesMax,
                payloadBytesMax + ENVELOPE_BYTES,
                BODY_BYTES_LIMIT);
        check("bodiesBytesMax", bodiesBytesMax, batchBodyBytesMax, Integer.MAX_VALUE);
        check("waitingMax", waitingMax, 1, 1_000_000);
        check("connectionsMax", connectionsMax, 1, 1_000_000);
        if (idleTimeout.toMillis() < 100 || idleTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new KedgeException.Invalid(
                    "idleTimeout",
                    "must be between 100ms and 1h, got " + Durations.format(idleTimeout));
        }
    }

    public ServerConfig withHost(String other) {
        return new ServerConfig(
                other,
                port,
                payloadBytesMax,
                batchBodyBytesMax,
                bodiesBytesMax,
                waitingMax,
                connectionsMax,
                idleTimeout,
                edge);
    }

    public ServerConfig withPort(int other) {
        return new ServerConfig(
                host,
                other,
                payloadBytesMax,
                batchBodyBytesMax,
                bodiesBytesMax,
                waitingMax,
                connectionsMax,
                idleTimeout,
                edge);
    }

    public ServerConfig withWaitingMax(int other) {
        return new ServerConfig(
                host,
                port,
                payloadBytesMax,
                batchBodyBytesMax,
                bodiesBytesMax,
                other,
                connectionsMax,
                idleTimeout,
                edge);
    }

    public ServerConfig withIdleTimeout(Duration other) {
        return new ServerConfig(
                host,
                port,
                payloadBytesMax,
                batchBodyBytesMax,
                bodiesBytesMax,
                waitingMax,
                connectionsMax,
                other,
                edge);
    }

    public ServerConfig withEdge(EdgeConfig other) {
        return new ServerConfig(
                host,
                port,
                payloadBytesMax,
                batchBodyBytesMax,
                bodiesBytesMax,
                waitingMax,
                connectionsMax,
                idleTimeout,
                other);
    }

    /** Whether nobody but this machine can reach it. */
    public boolean isLoopback() {
        try {
            for (var address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException unknown) {
            throw new KedgeException.Invalid("host", "there is no such address: " + host);
        }
    }

    /** The largest body of a request that is no batch and no upload. */
    int bodyBytesMax() {
        return payloadBytesMax + ENVELOPE_BYTES;
    }

    private static void check(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new KedgeException.Invalid(
                    field, "must be between %d and %d, got %d".formatted(min, max, value));
        }
    }
}
