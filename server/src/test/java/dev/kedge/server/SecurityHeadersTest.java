package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityHeadersTest {

    private static LittleServer server;

    @BeforeAll
    static void start() {
        server = new LittleServer(EdgeConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /open HTTP/1.1",
                "GET /closed HTTP/1.1",
                "GET /nowhere HTTP/1.1",
                "DELETE /open HTTP/1.1",
                "GET /open HTTP/1.1\nHost: twice",
                "GET /open HTTP/9.9",
                "nonsense"
            })
    void every_answer_tells_browsers_to_be_careful(String request) throws Exception {
        assertThat(server.send(request))
                .startsWith("HTTP/1.1 ")
                .contains("Content-Security-Policy: default-src 'none'; ")
                .contains("frame-ancestors 'none'")
                .contains("X-Frame-Options: DENY\r\n")
                .contains("X-Content-Type-Options: nosniff\r\n")
                .contains("Referrer-Policy: no-referrer\r\n")
                .contains("Cross-Origin-Opener-Policy: same-origin\r\n")
                .contains("Cross-Origin-Resource-Policy: same-origin\r\n")
                .contains("Cache-Control: no-store\r\n")
                .doesNotContain("Strict-Transport-Security", "Server:", "X-Powered-By");
    }
}
