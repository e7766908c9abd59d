package dev.kedge.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Json;
import dev.kedge.api.Problem;
import dev.kedge.api.RerunBody;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Principal;
import dev.kedge.model.PrincipalId;
import io.javalin.Javalin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every route, shown on routes that do next to nothing. */
class EdgeTest {

    private static final int BODY_BYTES_MAX = 100_000;
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final String KEY = "kedge_of_this_test";
    private static final CountDownLatch LONGER_THAN_IDLE = new CountDownLatch(1);

    private static Javalin javalin;
    private static Javalin impatient;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        var routes =
                List.of(
                        Route.post(
                                        "/echo",
                                        "Sends back what came",
                                        RerunBody.class,
                                        BODY_BYTES_MAX,
                                        RerunBody.class,
                                        call -> call.answer(call.body(RerunBody.class)))
                                .forAllWhoAreKnown(),
                        Route.get(
                                        "/items/{id}",
                                        "Reads an id",
                                        null,
                                        call -> call.answer(call.run().toString()))
                                .taking("limit")
                                .forAllWhoAreKnown(),
                        Route.post(
                                        "/act",
                                        "Acts",
                                        RerunBody.class,
                                        call -> call.answer(new RerunBody(null)))
                                .forAllWhoAreKnown(),
                        Route.get(
                                        "/bug",
                                        "Fails",
                                        null,
                                        _ -> {
                                            throw new IllegalStateException("secret detail");
                                        })
                                .forAllWhoAreKnown(),
                        Route.get(
                                        "/down",
                                        "Has no database",
                                        null,
                                        _ -> {
                                            throw new KedgeException.Unavailable(
                                                    "secret detail", null);
                                        })
                                .forAllWhoAreKnown(),
                        Route.get(
                                        "/slow",
                                        "Takes longer than a connection may be idle",
                                        RerunBody.class,
                                        call -> {
                                            LONGER_THAN_IDLE.await(
                                                    3 * IDLE.toMillis(), TimeUnit.MILLISECONDS);
                                            call.answer(new RerunBody(null));
                                        })
                                .forAllWhoAreKnown(),
                        Route.get(
                                        "/open",
                                        "Needs no key",
                                        RerunBody.class,
                                        call -> call.answer(new RerunBody(null)))
                                .withoutKey());
        javalin = listen(ServerConfig.DEFAULT, routes);
        impatient = listen(ServerConfig.DEFAULT.withIdleTimeout(IDLE), routes);
        client = HttpClient.newHttpClient();
    }

    private static Optional<Principal> whoHas(String sent) {
        return sent.equals(KEY)
                ? Optional.of(Principal.service(new PrincipalId("service:test")))
                : Optional.empty();
    }

    private static Javalin listen(ServerConfig config, List<Route> routes) {
        var rates = new RequestRates(config.edge());
        return Server.listen(
                config.withPort(0),
                new Edge(
                                routes,
                                new Origins(Set.of("https://app.example")),
                                rates,
                                new Gate(
                                        EdgeTest::whoHas,
                                        (_, _) -> Optional.empty(),
                                        rates,
                                        true,
                                        Set.of("/open")),
                                new Bodies(config.bodiesBytesMax()))
                        ::mount,
                (_, _, _, _) -> {});
    }

    @AfterAll
    static void stop() {
        client.close();
        javalin.stop();
        impatient.stop();
    }

    @Test
    void a_payload_comes_back_byte_by_byte() throws Exception {
        var payload = "{\"b\":  1.50, \"a\": 123456789012345678901234567890}";

        var answer = post("/echo", "{\"payload\":" + payload + "}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"payload\":" + payload + "}");
    }

    @Test
    void without_the_key_nothing_but_the_open_routes_answers() throws Exception {
        for (var path : List.of("/echo", "/items/1", "/nowhere", "/open/x", "/OPEN", "/open/")) {
            var answer = client.send(request(path).build(), BodyHandlers.ofString());
            assertProblem(answer, 401, "unauthenticated");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        assertThat(client.send(request("/open").build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer ",
                "Bearer x",
                "Basic abc",
                "kedge_",
                "Bearer kedge_",
                "bearer \u00e4"
            })
    void a_wrong_key_is_no_key(String header) throws Exception {
        var wrong = request("/items/1").header("Authorization", header).build();

        assertProblem(client.send(wrong, BodyHandlers.ofString()), 401, "unauthenticated");
    }

    @Test
    void a_key_with_one_letter_changed_is_no_key() throws Exception {
        var last = KEY.charAt(KEY.length() - 1);
        var near = KEY.substring(0, KEY.length() - 1) + (last == 'a' ? 'b' : 'a');
        var wrong = request("/items/1").header("Authorization", "Bearer " + near).build();

        assertProblem(client.send(wrong, BodyHandlers.ofString()), 401, "unauthenticated");
    }

    @Test
    void an_unknown_path_is_a_problem() throws Exception {
        assertProblem(get("/nowhere"), 404, "not_found");
    }

    @Test
    void another_method_is_refused_with_the_ones_there_are() throws Exception {
        var answer = get("/echo");

        assertProblem(answer, 405, "method_not_allowed");
        assertThat(answer.headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void a_fault_of_ours_is_told_without_its_details() throws Exception {
        var answer = get("/bug");

        assertProblem(answer, 500, "internal");
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void an_outage_may_be_tried_again() throws Exception {
        var answer = get("/down");

        var problem = assertProblem(answer, 503, "unavailable");
        assertThat(problem.retryable()).isTrue();
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/items/abc                                      | {id}",
                "/items/%00                                      | -",
                "/items/%F0%9F%98%80                             | {id}",
                "/items/0198A1B2-c3d4-7e5f-8a9b-0123456789ab?x=1 | ?x",
                "/items/0198a1b2-c3d4-7e5f-8a9b-0123456789ab?limit=1&limit=2 | ?limit",
                "/items/abc?limit=%zz                            | -",
                "/items/abc?%zz=1                                | -",
                "/items/%zz                                      | -",
                "/items/..%2f..                                  | -",
                "/items/%2e%2e/echo                              | -",
            })
    void a_strange_address_is_refused(String path, String pointer) throws Exception {
        var answer =
                raw(
                        "GET "
                                + path
                                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                + KEY
                                + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 4").contains(Problem.MEDIA_TYPE);
        if (!pointer.equals("-")) {
            assertThat(answer).contains("\"pointer\":\"" + pointer + "\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "10.0.0.1",
                "[::2]:80"
            })
    void a_request_for_another_host_is_refused(String host) throws Exception {
        var answer = raw("GET /open HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 421").contains("wrong_host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:81", "127.0.0.1", "[::1]:80", "127.1.2.3"})
    void a_request_for_this_machine_is_taken(String host) throws Exception {
        var answer = raw("GET /open HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /open HTTP/1.1\r\n\r\n",
                "GET /open HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xyz\r\n\r\n{}",
                "GET /open HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
                "GET /open HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n",
                "GET /open\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /open HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "nonsense\r\n\r\n"
            })
    void what_breaks_the_rules_of_http_is_refused_as_a_problem(String request) throws Exception {
        var answer = raw(request);

        assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("Exception", "Jetty", "<html");
        assertThat(answer.substring(9, 10)).isNotEqualTo("2");
        assertThat(answer).contains(Problem.MEDIA_TYPE);
    }

    @Test
    void headers_and_addresses_that_are_too_large_are_refused() throws Exception {
        var large = "x".repeat(1 << 20);

        assertThat(raw("GET /open HTTP/1.1\r\nHost: localhost\r\nX: " + large + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431")
                .contains("headers_too_large");
        assertThat(raw("GET /" + large + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 414")
                .contains("uri_too_long");
    }

    @Test
    void a_body_is_taken_to_the_limit_and_no_further() throws Exception {
        var frame = "{\"payload\":\"\"}".length();
        var largest = "{\"payload\":\"" + "x".repeat(BODY_BYTES_MAX - frame) + "\"}";

        assertThat(post("/echo", largest).statusCode()).isEqualTo(200);
        assertProblem(post("/echo", largest + " "), 413, "too_large");
        assertThat(
                        send(
                                        BodyPublishers.ofInputStream(() -> stream(largest)),
                                        "application/json")
                                .statusCode())
                .as("chunked")
                .isEqualTo(200);
        assertProblem(
                send(BodyPublishers.ofInputStream(() -> stream(largest + " ")), "application/json"),
                413,
                "too_large");
    }

    @Test
    void a_body_that_says_it_is_too_large_is_refused_unread() throws Exception {
        var answer =
                raw(
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                                        .formatted(KEY)
                                + "Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413").contains("too_large");
    }

    @Test
    void who_sends_far_too_much_before_listening_still_hears_why_it_was_refused() throws Exception {
        var body = "x".repeat(7 << 20);

        try (var socket = new Socket(InetAddress.getLoopbackAddress(), javalin.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(
                            "POST /echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(KEY, body.length(), body)
                                    .getBytes(UTF_8));

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 413")
                    .contains("too_large");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "application/json; charset=utf-16",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
                "application/jsonp",
                ";"
            })
    void another_media_type_is_refused(String type) throws Exception {
        assertProblem(send(BodyPublishers.ofString("{}"), type), 415, "unsupported_media_type");
    }

    @Test
    void a_compressed_body_is_refused() throws Exception {
        var request =
                request("/echo")
                        .header("Authorization", "Bearer " + KEY)
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .POST(BodyPublishers.ofString("{}"))
                        .build();

        assertProblem(client.send(request, BodyHandlers.ofString()), 415, "unsupported_media_type");
    }

    @Test
    void a_request_without_a_body_takes_an_empty_object_and_no_more() throws Exception {
        assertThat(post("/act", "").statusCode()).isEqualTo(200);
        assertThat(post("/act", "{}").statusCode()).isEqualTo(200);
        assertProblem(post("/act", "{\"a\":1}"), 400, "invalid");
    }

    @Test
    void bad_json_is_refused_with_its_place() throws Exception {
        var problem = assertProblem(post("/echo", "{\"payload\":\n tru}"), 400, "malformed_json");

        assertThat(problem.detail()).contains("line 2");
    }

    @Test
    void a_request_may_take_longer_than_a_connection_may_be_idle() throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + impatient.port() + "/slow"))
                        .header("Authorization", "Bearer " + KEY)
                        .build();

        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_connection_that_sends_nothing_is_closed() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("POST /echo HTTP/1.1\r\nHost: local".getBytes(UTF_8));

            socket.getInputStream().readAllBytes(); // Returns when the server hangs up.
        }
    }

    private static Problem assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
        var problem = Json.answer(answer.body().getBytes(UTF_8), Problem.class);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.code()).isEqualTo(code);
        return problem;
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return client.send(
                request(path).header("Authorization", "Bearer " + KEY).build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(
                request(path)
                        .header("Authorization", "Bearer " + KEY)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> send(HttpRequest.BodyPublisher body, String type)
            throws Exception {
        return client.send(
                request("/echo")
                        .header("Authorization", "Bearer " + KEY)
                        .header("Content-Type", type)
                        .POST(body)
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + javalin.port() + path));
    }

    /** Sends bytes as they are, and returns all that comes until the server hangs up. */
    private static String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request.getBytes(UTF_8));
            } catch (IOException hungUpAlready) {
                // What it said before can still be read.
            }
            var answer = new StringBuilder();
            var piece = new byte[8192];
            try {
                for (var n = socket.getInputStream().read(piece);
                        n >= 0;
                        n = socket.getInputStream().read(piece)) {
                    answer.append(new String(piece, 0, n, UTF_8));
                }
            } catch (SocketException reset) {
                // The server hung up on what was still being sent.
            }
            return answer.toString();
        }
    }
}
