package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LargeBodiesTest {

    private static final int BODY_BYTES = 2 << 20;

    @Test
    void bodies_have_only_so_much_room_together_and_give_it_back() throws Exception {
        var config =
                new ServerConfig(
                        "127.0.0.1",
                        0,
                        1 << 20,
                        BODY_BYTES,
                        BODY_BYTES,
                        10,
                        100,
                        Duration.ofSeconds(20),
                        EdgeConfig.DEFAULT);
        try (var server = new RunningServer(config)) {
            try (var slow = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
                slow.getOutputStream()
                        .write(
                                """
                                POST %s/runs:batch HTTP/1.1\r
                                Host: localhost\r
                                Authorization: Bearer %s\r
                                Content-Type: application/json\r
                                Content-Length: %d\r
                                \r
                                {"items":[\
                                """
                                        .formatted(NS, server.secret, BODY_BYTES - 2_048)
                                        .getBytes(UTF_8));

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> server.post(NS + "/runs:batch", items()).statusCode() == 503);
                problem(server.post(NS + "/runs:batch", items()), 503, "busy");
                assertThat(server.get(NS + "/runs").statusCode()).isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> server.post(NS + "/runs:batch", items()).statusCode() == 200);
        }
    }

    private static String items() {
        return "{\"items\":[]" + " ".repeat(4_096) + "}";
    }
}
