package dev.kedge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a PostgreSQL server on this machine, and does to them what networks
 * do: cuts connections, keeps packets back, loses the answer to a commit that was made.
 *
 * <p>It knows of the protocol only where an answer ends. Clients must connect without TLS and by
 * {@link #jdbcUrl}, which keeps the driver sending the text of every statement.
 */
public final class FaultProxy implements AutoCloseable {

    private static final int CHUNK_BYTES = 64 << 10;

    /** An answer ends with ReadyForQuery: this, and one byte for the state of the transaction. */
    private static final byte[] READY_FOR_QUERY = {'Z', 0, 0, 0, 5};

    private final URI server;
    private final ServerSocket door;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Loss> armed = new AtomicReference<>();
    private volatile CountDownLatch open = new CountDownLatch(0);

    private FaultProxy(URI server, ServerSocket door) {
        this.server = server;
        this.door = door;
    }

    /** In front of the server that {@code jdbcUrl} names; passes everything on until told else. */
    public static FaultProxy before(String jdbcUrl) {
        var server = URI.create(jdbcUrl.substring("jdbc:".length()));
        try {
            var proxy =
                    new FaultProxy(
                            server, new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    /** The same database by way of this proxy. */
    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d%s?prepareThreshold=0&sslmode=disable&gssEncMode=disable"
                .formatted(
                        door.getInetAddress().getHostAddress(),
                        door.getLocalPort(),
                        server.getPath());
    }

    /** Cuts every connection there is. New ones are let through. */
    public void cut() {
        links.forEach(Link::cut);
    }

    /** From now on nothing passes in either direction, and no connection breaks. */
    public void freeze() {
        open = new CountDownLatch(1);
    }

    /** Lets through what was kept back, and whatever follows. */
    public void thaw() {
        open.countDown();
    }

    /**
     * The next request whose text holds {@code words} reaches the server and is carried out, but
     * its answer is lost and its connection is cut.
     */
    public Loss loseAnswerTo(String words) {
        var loss = new Loss(words);
        armed.set(loss);
        return loss;
    }

    /** One answer that is lost, or yet to be lost. */
    public static final class Loss {

        private final String words;
        private final CountDownLatch happened = new CountDownLatch(1);

        private Loss(String words) {
            this.words = words;
        }

        /** Says whether the answer was lost within {@code atMost}. */
        public boolean await(Duration atMost) throws InterruptedException {
            return happened.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = door.accept();
                client.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void connect(Socket client) {
        try {
            open.await();
            var upstream = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
            upstream.setTcpNoDelay(true);
            var link = new Link(client, upstream);
            links.add(link);
            Thread.ofVirtual().start(link::requests);
            Thread.ofVirtual().start(link::answers);
        } catch (IOException down) {
            closeQuietly(client);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection, in both directions. */
    private final class Link {

        private final Socket client;
        private final Socket upstream;
        private volatile @Nullable Loss losing;

        private Link(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        private void requests() {
            pump(client, upstream, this::lookAt);
        }

        private void answers() {
            pump(upstream, client, this::passes);
        }

        private boolean lookAt(byte[] chunk, int length) {
            var loss = armed.get();
            if (loss != null
                    && new String(chunk, 0, length, StandardCharsets.ISO_8859_1)
                            .contains(loss.words)
                    && armed.compareAndSet(loss, null)) {
                losing = loss;
            }
            return true;
        }

        private boolean passes(byte[] chunk, int length) {
            var loss = losing;
            if (loss != null && endsAnswer(chunk, length)) {
                loss.happened.countDown();
                cut();
            }
            return loss == null;
        }

        private void pump(Socket from, Socket to, Passage passage) {
            var chunk = new byte[CHUNK_BYTES];
            try {
                for (var length = from.getInputStream().read(chunk);
                        length >= 0;
                        length = from.getInputStream().read(chunk)) {
                    open.await();
                    if (passage.passes(chunk, length)) {
                        to.getOutputStream().write(chunk, 0, length);
                    }
                }
            } catch (IOException broken) {
                // So the other side is cut off as well.
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            } finally {
                cut();
            }
        }

        private void cut() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(upstream);
        }
    }

    private interface Passage {
        boolean passes(byte[] chunk, int length);
    }

    private static boolean endsAnswer(byte[] chunk, int length) {
        var start = length - READY_FOR_QUERY.length - 1;
        if (start < 0) {
            return false;
        }
        for (var i = 0; i < READY_FOR_QUERY.length; i++) {
            if (chunk[start + i] != READY_FOR_QUERY[i]) {
                return false;
            }
        }
        return true;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // Closed is closed.
        }
    }

    @Override
    public void close() {
        thaw();
        try {
            door.close();
        } catch (IOException gone) {
            // Closed is closed.
        }
        cut();
    }
}
