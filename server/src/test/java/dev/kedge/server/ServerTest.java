package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.DeploymentView;
import dev.kedge.api.DeploymentsView;
import dev.kedge.api.HealthView;
import dev.kedge.api.JobPage;
import dev.kedge.api.JobView;
import dev.kedge.api.LimitsView;
import dev.kedge.api.RunView;
import dev.kedge.api.StatsView;
import dev.kedge.api.WorkersView;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServerTest {

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_job_is_defined_shown_listed_held_and_removed() throws Exception {
        var path = NS + "/jobs/a.job:1";
        var body =
                "{\"handler\":{\"function\":\"f\"},\"retry\":{\"delays\":[\"0s\",\"10s\",\"1m\"]}}";

        var defined = read(server.put(path, body), 200, JobView.class);

        assertThat(defined.retry().delays()).containsExactly("0s", "10s", "1m");
        assertThat(read(server.put(path, body), 200, JobView.class).version())
                .isEqualTo(defined.version());
        assertThat(read(server.get(path), 200, JobView.class)).isEqualTo(defined);
        assertThat(read(server.post(path + "/pause", ""), 200, JobView.class).paused()).isTrue();
        assertThat(read(server.post(path + "/resume", "{}"), 200, JobView.class).paused())
                .isFalse();
        assertThat(server.delete(path).statusCode()).isEqualTo(204);
        problem(server.get(path), 404, "not_found");
        problem(server.post(path + "/pause", ""), 404, "not_found");
        problem(server.delete(path), 404, "not_found");
        problem(server.post(path + "/runs", "{}"), 404, "not_found");
    }

    @Test
    void a_disabled_job_takes_no_runs() throws Exception {
        var path = NS + "/jobs/disabled";
        server.put(path, "{\"handler\":{\"java\":true},\"enabled\":false}");

        problem(server.post(path + "/runs", "{}"), 409, "job_disabled");
    }

    @Test
    void jobs_are_listed_by_name_page_by_page() throws Exception {
        var base = "/v1/namespaces/listed/jobs";
        for (var i = 9; i >= 0; i--) {
            server.put(base + "/job" + i, "{\"handler\":{\"java\":true}}");
        }

        var seen = new ArrayList<String>();
        for (String cursor = ""; cursor != null; ) {
            var page = read(server.get(base + "?limit=5" + cursor), 200, JobPage.class);
            page.items().forEach(job -> seen.add(job.name()));
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
        }

        assertThat(seen).hasSize(10).isSorted();
    }

    @Test
    void code_is_deployed_once_for_each_version_and_promoted() throws Exception {
        var path = NS + "/functions/hello";

        var first = read(server.post(path, "{\"code\":\"one\"}"), 201, DeploymentView.class);
        var second =
                read(
                        server.post(path, "{\"code\":\"two\",\"promote\":false}"),
                        201,
                        DeploymentView.class);
        assertThat(first.active()).isTrue();
        assertThat(second.active()).isFalse();
        assertThat(read(server.get(path + "/versions"), 200, DeploymentsView.class).items())
                .extracting(DeploymentView::version)
                .containsExactly(2, 1);
        assertThat(
                        read(
                                        server.post(path + "/promote", "{\"version\":2}"),
                                        200,
                                        DeploymentView.class)
                                .active())
                .isTrue();
        assertThat(read(server.get(NS + "/functions"), 200, DeploymentsView.class).items())
                .extracting(DeploymentView::version)
                .contains(2);
        problem(server.post(path + "/promote", "{\"version\":3}"), 404, "not_found");
        problem(server.get(NS + "/functions/nowhere/versions"), 404, "not_found");
        problem(server.post(path, "{\"code\":\" \"}"), 400, "invalid");
    }

    @Test
    void code_is_taken_to_the_limit_and_no_further() throws Exception {
        var path = NS + "/functions/large";
        var largest = "x".repeat(4 << 20);

        read(server.post(path, "{\"code\":\"" + largest + "\"}"), 201, DeploymentView.class);
        problem(server.post(path, "{\"code\":\"" + largest + "y\"}"), 413, "too_large");
    }

    @Test
    void the_state_of_things_can_be_read() throws Exception {
        server.ended(server.submit("echo", "{}").id());

        var stats = read(server.get(NS + "/stats"), 200, StatsView.class);
        var workers = read(server.get("/v1/workers"), 200, WorkersView.class);
        var limits = read(server.get("/v1/limits"), 200, LimitsView.class);

        assertThat(stats.states()).containsKeys("pending", "running", "completed");
        assertThat(stats.states().get("completed")).isPositive();
        assertThat(stats.jobs()).containsKey("echo");
        assertThat(workers.items()).hasSize(1);
        assertThat(limits.batchItemsMax()).isEqualTo(10_000);
    }

    @Test
    void health_and_readiness_need_no_key_and_the_rest_does() throws Exception {
        for (var route : server.server.routes()) {
            var path = route.path().replace("{ns}", "default").replaceAll("\\{\\w+}", "x");
            var answer =
                    server.http()
                            .send(
                                    HttpRequest.newBuilder(server.request(path).build().uri())
                                            .method(
                                                    route.method().name(),
                                                    HttpRequest.BodyPublishers.noBody())
                                            .build(),
                                    BodyHandlers.ofString());
            if (route.open()) {
                assertThat(answer.statusCode()).as(path).isNotEqualTo(401);
            } else {
                problem(answer, 401, "unauthenticated");
            }
        }
        assertThat(server.server.routes().stream().filter(Route::open).map(Route::path))
                .containsExactlyInAnyOrder(
                        "/healthz", "/readyz", "/v1/sign-in", "/v1/session/refresh");
    }

    @Test
    void readiness_says_how_durable_commits_are_and_what_else_was_looked_at() throws Exception {
        // The database of the tests does not flush to disk, which is what must be told here.
        var health = read(server.get("/readyz"), 503, HealthView.class);

        assertThat(health.ready()).isFalse();
        assertThat(health.checks())
                .contains(new HealthView.Check("sandbox", true, "none in this test"))
                .anySatisfy(check -> {
                    assertThat(check.name()).isEqualTo("durability");
                    assertThat(check.passed()).isFalse();
                    assertThat(check.detail()).contains("fsync");
                });
    }

    @Test
    void metrics_count_runs_and_requests_by_route_in_both_formats() throws Exception {
        server.ended(server.submit("echo", "{}").id());

        var prometheus = server.get("/metrics");
        var open =
                server.send(
                        server.request("/metrics")
                                .header("Accept", "application/openmetrics-text"));

        assertThat(prometheus.statusCode()).isEqualTo(200);
        assertThat(prometheus.body())
                .contains("kedge_runs_enqueued_total", "jvm_memory_used_bytes")
                .containsPattern("kedge_runs\\{namespace=\"default\",state=\"completed\"} [1-9]")
                .contains("route=\"/v1/namespaces/{ns}/jobs/{job}/runs\"")
                .doesNotContain("default/jobs");
        assertThat(open.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void the_openapi_document_lists_the_routes_that_are_mounted_and_no_others() throws Exception {
        var document = JsonMapper.shared().readTree(server.get("/openapi.json").body());

        var listed = new TreeSet<String>();
        document.get("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .propertyNames()
                                .forEach(method -> listed.add(method + " " + path.getKey())));
        var mounted = new TreeSet<String>();
        server.server
                .routes()
                .forEach(route ->
                        mounted.add(
                                route.method().name().toLowerCase(Locale.ROOT)
                                        + " "
                                        + route.path()));

        assertThat(listed).isEqualTo(mounted).hasSize(server.server.routes().size());
        assertThat(server.server.routes())
                .allSatisfy(route -> assertThat(route.summary()).isNotBlank());
    }

    @Test
    void every_reference_in_the_openapi_document_leads_somewhere() throws Exception {
        var text = server.get("/openapi.json").body();
        var schemas = JsonMapper.shared().readTree(text).at("/components/schemas");

        var references = Pattern.compile("\"#/components/schemas/([^\"]+)\"").matcher(text);
        var names = new HashSet<String>();
        references.results().forEach(match -> names.add(match.group(1)));

        assertThat(names)
                .hasSizeGreaterThan(15)
                .allSatisfy(name -> assertThat(schemas.has(name)).isTrue());
        assertThat(required(schemas.get("JobBody"))).containsExactly("handler");
        assertThat(schemas.at("/RunBody/additionalProperties").asBoolean(true)).isFalse();
    }

    @Test
    void a_server_that_stops_answers_those_who_wait_and_can_be_stopped_again() throws Exception {
        try (var other = new RunningServer(ServerConfig.DEFAULT)) {
            var run = other.submit("held", "{\"delay\":\"1h\"}");
            var stream =
                    other.http()
                            .send(
                                    other.request(NS + "/runs/" + run.id() + "/logs/stream")
                                            .build(),
                                    BodyHandlers.ofInputStream());
            var poll =
                    other.http()
                            .sendAsync(
                                    other.request(NS + "/runs/" + run.id() + "?wait=60s").build(),
                                    BodyHandlers.ofString());
            await().atMost(Duration.ofSeconds(40)).until(() -> other.isServing(2));
            var begun = System.nanoTime();

            other.server.stop(Duration.ofSeconds(20));
            other.server.stop(Duration.ofSeconds(20));

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(18));
            assertThat(new String(stream.body().readAllBytes(), UTF_8))
                    .doesNotContain("event: end");
            assertThat(read(poll.get(), 200, RunView.class).state()).isEqualTo("pending");
        }
    }

    private static Iterable<String> required(JsonNode schema) {
        return Arrays.asList(
                schema.get("required").values().stream()
                        .map(JsonNode::asString)
                        .toArray(String[]::new));
    }
}
