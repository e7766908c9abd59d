package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRatesTest {

    private static final int MANY = 100_000;
    private static final int TRIES = 50;
    private static final Pattern RETRY_AFTER = Pattern.compile("\r\nRetry-After: (\\d+)\r\n");

    @Test
    void an_address_that_asks_too_often_is_told_to_wait() throws Exception {
        try (var server = new LittleServer(EdgeConfig.DEFAULT.withRates(1, MANY, MANY))) {
            assertThat(server.send("GET /open HTTP/1.1")).startsWith("HTTP/1.1 200");

            assertTooOften(again(server, "GET /open HTTP/1.1"), 1);
            assertTooOften(again(server, "GET /nowhere HTTP/1.1"), 1);
        }
    }

    @Test
    void a_principal_that_asks_too_often_is_told_to_wait_and_no_other() throws Exception {
        try (var server = new LittleServer(EdgeConfig.DEFAULT.withRates(MANY, 1, MANY))) {
            assertThat(server.send("GET /closed HTTP/1.1\nAuthorization: Bearer key-a"))
                    .startsWith("HTTP/1.1 200");

            assertTooOften(again(server, "GET /closed HTTP/1.1\nAuthorization: Bearer key-a"), 1);
            assertThat(server.send("GET /closed HTTP/1.1\nAuthorization: Bearer key-b"))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void an_address_that_guesses_keys_is_not_even_heard_any_more() throws Exception {
        try (var server = new LittleServer(EdgeConfig.DEFAULT.withRates(MANY, MANY, 2))) {
            for (var guess = 0; guess < 2; guess++) {
                assertThat(server.send("GET /closed HTTP/1.1\nAuthorization: Bearer no" + guess))
                        .startsWith("HTTP/1.1 401");
            }

            assertTooOften(server.send("GET /closed HTTP/1.1\nAuthorization: Bearer no"), 30);
            assertTooOften(server.send("GET /closed HTTP/1.1\nAuthorization: Bearer key-a"), 30);
            assertThat(server.send("GET /closed HTTP/1.1"))
                    .as("without a key there is nothing to guess")
                    .startsWith("HTTP/1.1 401");
            assertThat(server.send("GET /open HTTP/1.1")).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.1              | 203.0.113.2              | true",
                "203.0.113.1              | 203.0.113.1              | false",
                "203.0.113.1, 10.0.0.9    | 203.0.113.2, 10.0.0.9    | true",
                "1.1.1.1, 203.0.113.1     | 2.2.2.2, 203.0.113.1     | false",
                "2001:db8:1:2::1          | 2001:db8:1:2:ffff::2     | false",
                "2001:db8:1:2::1          | 2001:db8:1:3::1          | true",
                "::ffff:203.0.113.1       | 203.0.113.1              | false",
                "1.1.1.1, nonsense        | 2.2.2.2, nonsense        | false"
            })
    void behind_a_known_proxy_the_nearest_client_is_meant(
            String first, String second, boolean different) throws Exception {
        var config =
                EdgeConfig.DEFAULT
                        .withRates(1, MANY, MANY)
                        .withProxies(Set.of("127.0.0.1", "::1", "10.0.0.9"));
        try (var server = new LittleServer(config)) {
            server.send("GET /open HTTP/1.1\nX-Forwarded-For: " + first);

            var request = "GET /open HTTP/1.1\nX-Forwarded-For: " + second;
            assertThat(different ? server.send(request) : again(server, request))
                    .startsWith(different ? "HTTP/1.1 200" : "HTTP/1.1 429");
        }
    }

    @Test
    void what_a_stranger_says_of_its_address_counts_for_nothing() throws Exception {
        try (var server = new LittleServer(EdgeConfig.DEFAULT.withRates(1, MANY, MANY))) {
            server.send("GET /open HTTP/1.1\nX-Forwarded-For: 203.0.113.1");

            assertTooOften(again(server, "GET /open HTTP/1.1\nX-Forwarded-For: 203.0.113.2"), 1);
        }
    }

    /** Until it is refused: a machine that stalls for a second has earned another token. */
    private static String again(LittleServer server, String request) throws IOException {
        var answer = server.send(request);
        for (var turn = 0; turn < TRIES && !answer.startsWith("HTTP/1.1 429"); turn++) {
            answer = server.send(request);
        }
        return answer;
    }

    private static void assertTooOften(String answer, int secondsMax) {
        assertThat(answer).startsWith("HTTP/1.1 429").contains("rate_limited");
        var wait = RETRY_AFTER.matcher(answer);
        assertThat(wait.find()).as(answer).isTrue();
        assertThat(Integer.parseInt(wait.group(1))).isBetween(1, secondsMax);
    }
}
