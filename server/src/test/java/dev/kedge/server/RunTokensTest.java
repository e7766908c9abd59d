package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.KeyView;
import dev.kedge.api.RunView;
import dev.kedge.api.WhoView;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a run may do that calls back: what its submitter may do with runs, while it is under way.
 */
@Timeout(90)
class RunTokensTest {

    private static RunningServer server;
    private static String ann;
    private static String bob;
    private static String admin;

    /** A run under way, and the token it was given. */
    private record Told(RunView run, String token) {}

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer(ServerConfig.DEFAULT);
        ann = secret(key("ann", "authenticated"));
        bob = secret(key("bob", "authenticated"));
        admin = secret(key("admin", "admin"));
    }

    @AfterAll
    static void stop() {
        server.telling.values().forEach(CountDownLatch::countDown);
        server.hold.release(1_000);
        server.close();
    }

    private static KeyView key(String name, String role) throws Exception {
        var body = "{\"name\":\"%s\",\"role\":\"%s\"}".formatted(name, role);
        return read(server.post(NS + "/keys", body), 201, KeyView.class);
    }

    private static String secret(KeyView key) {
        return Objects.requireNonNull(key.key());
    }

    private static RunView submitted(String credential, String job) throws Exception {
        return read(
                server.as(credential, "POST", NS + "/jobs/" + job + "/runs", "{}"),
                201,
                RunView.class);
    }

    private static Told told(String credential) throws Exception {
        var run = submitted(credential, "tells");
        return new Told(run, taken().orElseThrow());
    }

    private static Optional<String> taken() throws InterruptedException {
        return Objects.requireNonNull(server.told.poll(30, TimeUnit.SECONDS));
    }

    private static RunView end(Told told) throws Exception {
        Objects.requireNonNull(server.telling.get(told.run().id())).countDown();
        return server.ended(told.run().id());
    }

    @Test
    void a_run_acts_as_its_submitter_and_sees_what_that_one_sees() throws Exception {
        var told = told(ann);

        var who = read(server.as(told.token(), "GET", "/v1/whoami", null), 200, WhoView.class);
        assertThat(who.principal())
                .isEqualTo(Objects.requireNonNull(told.run().submittedBy()).principal());
        var child = submitted(told.token(), "echo");
        assertThat(child.submittedBy()).isEqualTo(told.run().submittedBy());
        assertThat(server.as(ann, "GET", NS + "/runs/" + child.id(), null).statusCode())
                .isEqualTo(200);
        end(told);
    }

    @Test
    void the_run_of_one_user_reaches_nothing_of_another_through_any_door() throws Exception {
        var bobs = submitted(bob, "held");
        var failed = server.ended(submitted(bob, "broken").id());
        var told = told(ann);

        for (var door :
                List.of(
                        "GET /runs/%s",
                        "GET /runs/%s/logs",
                        "GET /runs/%s/steps",
                        "GET /runs/%s/state",
                        "GET /runs/%s/attempts",
                        "POST /runs/%s/cancel",
                        "POST /runs/%s/terminate",
                        "POST /runs/%s/retry",
                        "GET /dead-letters/%s",
                        "POST /dead-letters/%s/retry")) {
            var parts = door.split(" ", 2);
            for (var run : List.of(bobs.id(), failed.id())) {
                var answer =
                        server.as(
                                told.token(),
                                parts[0],
                                NS + parts[1].formatted(run),
                                parts[0].equals("POST") ? "{}" : null);
                assertThat(answer.statusCode()).as(door + ": " + answer.body()).isIn(403, 404);
                assertThat(answer.body()).as(door).doesNotContain("as told");
            }
        }
        assertThat(server.as(told.token(), "GET", NS + "/runs", null).body())
                .contains(told.run().id())
                .doesNotContain(bobs.id(), failed.id());
        problem(
                server.as(
                        told.token(),
                        "POST",
                        NS + "/jobs/echo/runs",
                        "{\"onBehalfOf\":{\"principal\":\"user:bob\"}}"),
                403,
                "forbidden");
        problem(
                server.as(told.token(), "GET", "/v1/namespaces/other/runs", null),
                404,
                "not_found");
        assertThat(server.as(bob, "GET", NS + "/runs/" + bobs.id(), null).body())
                .contains("\"running\"");
        end(told);
    }

    @Test
    void a_run_makes_no_keys_and_deploys_nothing_whoever_it_acts_as() throws Exception {
        var told = told(admin);

        for (var what :
                List.of(
                        "POST /keys {\"name\":\"more\",\"role\":\"authenticated\"}",
                        "GET /keys",
                        "GET /audit",
                        "PUT /jobs/x {\"handler\":{\"java\":true}}",
                        "PUT /secrets/x {\"value\":\"y\"}",
                        "PUT /limits {}")) {
            var parts = what.split(" ", 3);
            problem(
                    server.as(
                            told.token(),
                            parts[0],
                            NS + parts[1],
                            parts.length == 3 ? parts[2] : null),
                    403,
                    "forbidden");
        }
        end(told);
    }

    @Test
    void its_token_opens_nothing_when_the_attempt_is_over_and_is_on_no_record() throws Exception {
        var told = told(ann);

        var ended = end(told);

        problem(server.as(told.token(), "GET", "/v1/whoami", null), 401, "unauthenticated");
        assertThat(String.valueOf(ended.result())).contains("[secret:KEDGE_TOKEN]");
        assertThat(server.get(NS + "/runs/" + ended.id()).body()).doesNotContain(told.token());
    }

    @Test
    void it_opens_nothing_when_the_submitter_is_no_longer_let_in() throws Exception {
        var brief = key("short", "authenticated");
        var told = told(secret(brief));

        assertThat(server.delete(NS + "/keys/" + brief.id()).statusCode()).isLessThan(300);

        problem(server.as(told.token(), "GET", "/v1/whoami", null), 401, "unauthenticated");
        end(told);
    }

    @Test
    void a_token_that_was_changed_is_none() throws Exception {
        var told = told(ann);
        var token = told.token();

        for (var i : List.of(10, 20, 45, token.length() - 20, token.length() - 2)) {
            var other = token.charAt(i) == 'A' ? 'B' : 'A';
            problem(
                    server.as(
                            token.substring(0, i) + other + token.substring(i + 1),
                            "GET",
                            "/v1/whoami",
                            null),
                    401,
                    "unauthenticated");
        }
        problem(server.as("kedge_run_", "GET", "/v1/whoami", null), 401, "unauthenticated");
        problem(server.as("kedge_run_AAAA", "GET", "/v1/whoami", null), 401, "unauthenticated");
        end(told);
    }

    @Test
    void who_waits_or_reads_on_is_let_go_when_the_key_ends() throws Exception {
        var brief = key("waiter", "authenticated");
        var run = submitted(secret(brief), "held");
        var path = NS + "/runs/" + run.id();
        var waiting = later(() -> server.as(secret(brief), "GET", path + "?wait=30s", null));
        var reading = later(() -> server.as(secret(brief), "GET", path + "/logs/stream", null));
        await().atMost(Duration.ofSeconds(20)).until(() -> server.isServing(2));

        assertThat(server.delete(NS + "/keys/" + brief.id()).statusCode()).isLessThan(300);

        problem(waiting.get(20, TimeUnit.SECONDS), 401, "unauthenticated");
        var read = reading.get(20, TimeUnit.SECONDS);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).doesNotContain("event: end");
    }

    private static CompletableFuture<HttpResponse<String>> later(
            Callable<HttpResponse<String>> request) {
        var answer = new CompletableFuture<HttpResponse<String>>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.complete(request.call());
                    } catch (Exception failed) {
                        answer.completeExceptionally(failed);
                    }
                });
        return answer;
    }
}
