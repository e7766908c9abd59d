package dev.kedge.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** The ports of the loopback address. */
final class Ports {

    // Below the range from which systems take the ports of outgoing connections. Up there a client
    // could sit on our port while the server is down, or connect to itself.
    private static final int FIRST = 20_000;
    private static final int LAST = 32_767;
    private static final int TRIES_MAX = 1_000;

    private Ports() {}

    static int anyFree() {
        for (var tries = 0; tries < TRIES_MAX; tries++) {
            var port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new EmbeddedException(
                "no free port was found between %d and %d; name one".formatted(FIRST, LAST));
    }

    static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(Database.HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
