package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages in browsers may do. The requests are those that browsers send. */
class OriginsTest {

    private static final String JSON = "\nContent-Type: application/json\nContent-Length: 2";
    private static final String POST = "POST /act HTTP/1.1\nAuthorization: Bearer key-a" + JSON;

    private static LittleServer server;

    @BeforeAll
    static void start() {
        server = new LittleServer(EdgeConfig.DEFAULT.withOrigins(Set.of("https://app.example")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_page_of_a_configured_origin_may_ask_beforehand_and_then_call() throws Exception {
        var asked =
                server.send(
                        """
                        OPTIONS /act HTTP/1.1
                        Origin: https://app.example
                        Access-Control-Request-Method: POST
                        Access-Control-Request-Headers: authorization,content-type
                        """);
        assertThat(asked)
                .startsWith("HTTP/1.1 204")
                .contains("Access-Control-Allow-Origin: https://app.example\r\n")
                .contains("Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n")
                .contains("Access-Control-Allow-Headers: Authorization, Content-Type")
                .contains("Access-Control-Max-Age: 600\r\n")
                .contains("Vary: Origin\r\n");

        var called =
                server.send(
                        POST + "\nOrigin: https://app.example\nSec-Fetch-Site: cross-site", "{}");
        assertThat(called)
                .startsWith("HTTP/1.1 200")
                .contains("Access-Control-Allow-Origin: https://app.example\r\n")
                .contains("Access-Control-Expose-Headers: ");
    }

    @Test
    void a_refusal_can_be_read_by_the_page_that_may_call() throws Exception {
        assertThat(server.send("GET /closed HTTP/1.1\nOrigin: https://app.example"))
                .startsWith("HTTP/1.1 401")
                .contains("Access-Control-Allow-Origin: https://app.example\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://app.example",
                "https://app.example:444",
                "https://app.example.evil.example",
                "https://APP.example",
                "null",
                "%",
                "https://app.example, https://evil.example"
            })
    void a_page_of_any_other_origin_may_neither_ask_nor_call_nor_read(String origin)
            throws Exception {
        assertThat(
                        server.send(
                                "OPTIONS /act HTTP/1.1\nAccess-Control-Request-Method: POST\nOrigin: "
                                        + origin))
                .startsWith("HTTP/1.1 403")
                .contains("foreign_origin")
                .doesNotContain("Access-Control-Allow");
        assertThat(server.send(POST + "\nOrigin: " + origin, "{}"))
                .as("from a browser that says nothing of sites")
                .startsWith("HTTP/1.1 403")
                .contains("foreign_origin")
                .doesNotContain("Access-Control-Allow");
        assertThat(
                        server.send(
                                "GET /closed HTTP/1.1\nAuthorization: Bearer key-a\nOrigin: "
                                        + origin))
                .as("the browser keeps the answer from the page")
                .startsWith("HTTP/1.1 200")
                .doesNotContain("Access-Control-Allow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site", "something-new"})
    void what_a_browser_says_comes_from_another_site_changes_nothing(String site) throws Exception {
        assertThat(server.send(POST + "\nCookie: session=x\nSec-Fetch-Site: " + site, "{}"))
                .startsWith("HTTP/1.1 403")
                .contains("foreign_origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: same-origin\nOrigin: http://localhost",
                "Sec-Fetch-Site: none",
                "Origin: http://localhost",
                "Origin: https://localhost",
                "X: no browser"
            })
    void our_own_pages_and_what_is_no_browser_may_do_as_they_are_allowed(String headers)
            throws Exception {
        assertThat(server.send(POST + "\n" + headers, "{}")).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_web_socket_is_not_opened_for_a_foreign_page() throws Exception {
        var upgrade =
                """
                GET /socket HTTP/1.1
                Connection: Upgrade
                Upgrade: websocket
                Authorization: Bearer key-a
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Version: 13
                """;

        assertThat(server.send(upgrade + "Origin: https://evil.example"))
                .startsWith("HTTP/1.1 403");
        assertThat(server.head(upgrade + "Origin: https://app.example"))
                .startsWith("HTTP/1.1 101")
                .doesNotContain("Set-Cookie");
        assertThat(server.send(upgrade.replace("key-a", "wrong") + "Origin: https://app.example"))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void cookies_of_a_foreign_page_are_never_asked_for() throws Exception {
        assertThat(server.send(POST + "\nOrigin: https://app.example", "{}"))
                .doesNotContain("Allow-Credentials");
    }
}
