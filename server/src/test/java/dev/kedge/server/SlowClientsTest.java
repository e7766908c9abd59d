package dev.kedge.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients that send a byte now and then, so that their connections are never idle. */
class SlowClientsTest {

    private static final Duration HEAD_WITHIN = Duration.ofSeconds(1);
    private static final EdgeConfig IMPATIENT = EdgeConfig.DEFAULT.withHeadWithin(HEAD_WITHIN);
    private static final int BETWEEN_BYTES_MS = 100;
    private static final int CROWD = 200;

    /** Nobody counts it down; it tells the time between two bytes. */
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    @Test
    void a_head_that_does_not_become_whole_in_time_is_not_waited_for() throws Exception {
        try (var server = new LittleServer(IMPATIENT);
                var socket = server.connect()) {
            assertThat(drip(socket, "GET /open HTTP/1.1\r\nHost: localhost\r\nX: ", 300))
                    .as("bytes that could be sent until the server hung up")
                    .isBetween(2, 100);
        }
    }

    @Test
    void the_next_head_of_a_connection_is_not_waited_for_either() throws Exception {
        try (var server = new LittleServer(IMPATIENT);
                var socket = server.connect()) {
            ask(socket);

            assertThat(drip(socket, "GET /open HTTP/1.1\r\n", 300)).isBetween(2, 100);
        }
    }

    @Test
    void a_connection_between_two_requests_may_take_longer_than_a_head() throws Exception {
        try (var server = new LittleServer(IMPATIENT);
                var socket = server.connect()) {
            ask(socket);
            assertThat(NEVER.await(3 * HEAD_WITHIN.toMillis(), TimeUnit.MILLISECONDS)).isFalse();

            ask(socket);
        }
    }

    @Test
    void a_body_that_comes_too_slowly_is_refused() throws Exception {
        try (var server = new LittleServer(EdgeConfig.DEFAULT);
                var socket = server.connect()) {
            drip(
                    socket,
                    """
                    POST /act HTTP/1.1\r
                    Host: localhost\r
                    Authorization: Bearer key-a\r
                    Content-Type: application/json\r
                    Content-Length: 1000000\r
                    \r
                    """,
                    55);

            assertThat(LittleServer.answer(socket))
                    .startsWith("HTTP/1.1 408")
                    .contains("request_timeout", "less than 1024 bytes a second")
                    .contains("Connection: close");
        }
    }

    @Test
    void a_crowd_of_slow_clients_keeps_nobody_from_being_served_and_is_gone_soon()
            throws Exception {
        try (var server = new LittleServer(IMPATIENT)) {
            var crowd = new ArrayList<Socket>();
            try {
                for (var i = 0; i < CROWD; i++) {
                    var socket = server.connect();
                    crowd.add(socket);
                    socket.getOutputStream().write("GET /open HTTP/1.1\r\nX: ".getBytes(US_ASCII));
                }

                assertThat(server.send("GET /open HTTP/1.1")).startsWith("HTTP/1.1 200");
                for (var socket : crowd) {
                    assertThat(LittleServer.answer(socket)).doesNotStartWith("HTTP/1.1 2");
                }
            } finally {
                for (var socket : crowd) {
                    socket.close();
                }
            }
        }
    }

    /** One request and its answer, after which the connection is still there. */
    private static void ask(Socket socket) throws IOException {
        socket.getOutputStream()
                .write("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
        var answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\n{}")) {
            var next = socket.getInputStream().read();
            assertThat(next).as(answer.toString()).isNotNegative();
            answer.append((char) next);
        }
        assertThat(answer.toString()).startsWith("HTTP/1.1 200");
    }

    /** Sends {@code begin}, then up to {@code count} single bytes; returns how many it could. */
    private static int drip(Socket socket, String begin, int count)
            throws IOException, InterruptedException {
        socket.getOutputStream().write(begin.getBytes(US_ASCII));
        for (var sent = 0; sent < count; sent++) {
            NEVER.await(BETWEEN_BYTES_MS, TimeUnit.MILLISECONDS);
            try {
                socket.getOutputStream().write('x');
            } catch (SocketException hungUp) {
                return sent;
            }
        }
        return count;
    }
}
