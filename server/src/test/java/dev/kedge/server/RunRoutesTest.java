package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.AttemptsView;
import dev.kedge.api.BatchView;
import dev.kedge.api.JobView;
import dev.kedge.api.NamespaceLimitBody;
import dev.kedge.api.Problem;
import dev.kedge.api.RawJson;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RunRoutesTest {

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
    void a_run_is_taken_carried_out_and_shown_with_its_payload_byte_by_byte() throws Exception {
        var payload = "{\"b\":  1.50, \"a\": 123456789012345678901234567890, \"ä\": \"😀\"}";

        var answer =
                server.post(
                        NS + "/jobs/echo/runs",
                        "{\"payload\":%s,\"tags\":[\"x\"],\"metadata\":{\"by\": \"test\"}}"
                                .formatted(payload));
        var run = read(answer, 201, RunView.class);

        assertThat(answer.headers().firstValue("Location")).contains(NS + "/runs/" + run.id());
        var ended = server.ended(run.id());
        assertThat(ended.state()).isEqualTo("completed");
        assertThat(ended.payload()).isEqualTo(RawJson.of(payload.getBytes(UTF_8)));
        assertThat(ended.result()).isEqualTo(ended.payload());
        assertThat(ended.tags()).containsExactly("x");
        assertThat(ended.metadata()).isEqualTo(RawJson.of("{\"by\": \"test\"}".getBytes(UTF_8)));
    }

    @Test
    void a_taken_key_is_refused_with_the_run_that_has_it_or_answered_with_it() throws Exception {
        var first = server.submit("held", "{\"key\":\"k1\",\"delay\":\"1h\"}");
        var path = NS + "/jobs/held/runs";

        var refusal = problem(server.post(path, "{\"key\":\"k1\"}"), 409, "key_taken");
        var same =
                read(
                        server.post(path, "{\"key\":\"k1\",\"onConflict\":\"return\"}"),
                        200,
                        RunView.class);

        assertThat(refusal.runId()).isEqualTo(first.id());
        assertThat(same.id()).isEqualTo(first.id());
    }

    @Test
    void a_batch_says_of_each_item_what_became_of_it() throws Exception {
        var batch =
                read(
                        server.post(
                                NS + "/runs:batch",
                                """
                                {"items":[{"job":"echo","payload":1},{"job":"nowhere"},
                                {"job":"echo","priority":101},{"job":"echo","payload":2}]}
                                """),
                        200,
                        BatchView.class);

        assertThat(batch.accepted()).isEqualTo(2);
        assertThat(batch.refused()).isEqualTo(2);
        assertThat(batch.items()).hasSize(4);
        assertThat(batch.items().get(0).created()).isTrue();
        assertThat(batch.items().get(1).problem()).extracting("code").isEqualTo("not_found");
        assertThat(batch.items().get(2).problem())
                .extracting("detail")
                .asString()
                .contains("priority");
        assertThat(batch.items().get(2).problem()).asString().contains("/items/2/priority");
        assertThat(server.ended(String.valueOf(batch.items().get(3).id())).state())
                .isEqualTo("completed");
    }

    @Test
    void an_atomic_batch_takes_all_or_none() throws Exception {
        var before = count("atomic-none");

        var refusal =
                problem(
                        server.post(
                                NS + "/runs:batch",
                                """
                                {"atomic":true,"items":[{"job":"echo","tags":["atomic-none"]},
                                {"job":"echo","tags":["atomic-none"],"timeout":"soon"}]}
                                """),
                        400,
                        "invalid");
        problem(
                server.post(
                        NS + "/runs:batch",
                        """
                        {"atomic":true,"items":[{"job":"echo","tags":["atomic-none"]},
                        {"job":"nowhere","tags":["atomic-none"]}]}
                        """),
                404,
                "not_found");

        assertThat(refusal.toString()).contains("/items/1/timeout");
        assertThat(count("atomic-none")).isEqualTo(before);
    }

    @Test
    void a_batch_is_taken_to_the_limit_and_no_further() throws Exception {
        var item = "{\"job\":\"echo\",\"delay\":\"1h\"}";
        var full = IntStream.range(0, 10_000).mapToObj(_ -> item).collect(Collectors.joining(","));

        var batch =
                read(
                        server.post(NS + "/runs:batch", "{\"items\":[" + full + "]}"),
                        200,
                        BatchView.class);
        var refusal =
                problem(
                        server.post(NS + "/runs:batch", "{\"items\":[" + full + "," + item + "]}"),
                        400,
                        "invalid");

        assertThat(batch.accepted()).isEqualTo(10_000);
        assertThat(refusal.detail()).contains("10000");
    }

    @Test
    void a_list_is_paged_without_loss_or_doubles_while_runs_are_added() throws Exception {
        var ids = new ArrayList<String>();
        for (var i = 0; i < 25; i++) {
            ids.addFirst(server.submit("echo", "{\"tags\":[\"paged\"],\"payload\":1}").id());
        }

        var seen = new ArrayList<String>();
        var path = NS + "/runs?tag=paged&limit=10";
        for (String cursor = ""; cursor != null; ) {
            var page = read(server.get(path + cursor), 200, RunPage.class);
            page.items().forEach(run -> seen.add(run.id()));
            assertThat(page.items()).allSatisfy(run -> assertThat(run.payload()).isNull());
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
            server.submit("echo", "{\"tags\":[\"paged\"]}");
        }

        assertThat(seen).containsExactlyElementsOf(ids);
    }

    @Test
    void a_list_is_narrowed_by_every_filter() throws Exception {
        var start = Instant.now();
        var one =
                server.submit(
                        "held",
                        "{\"tags\":[\"t1\"],\"key\":\"filter\",\"queue\":\"slow\",\"delay\":\"1h\"}");

        for (var filter :
                List.of(
                        "tag=t1",
                        "key=filter",
                        "queue=slow",
                        "queue=slow&state=pending,running&job=held",
                        "key=filter&createdAfter=" + start.minusSeconds(60),
                        "key=filter&createdBefore=" + start.plusSeconds(60))) {
            var page = read(server.get(NS + "/runs?" + filter), 200, RunPage.class);
            assertThat(page.items()).as(filter).extracting(RunView::id).containsExactly(one.id());
        }
        for (var filter :
                List.of(
                        "key=filter&state=completed",
                        "key=filter&job=echo",
                        "key=filter&createdBefore=" + start.minusSeconds(60))) {
            var page = read(server.get(NS + "/runs?" + filter), 200, RunPage.class);
            assertThat(page.items()).as(filter).isEmpty();
        }
    }

    @Test
    void a_long_poll_answers_as_soon_as_the_run_changes() throws Exception {
        var run = server.submit("held", "{\"delay\":\"1h\"}");
        var waiting =
                server.http()
                        .sendAsync(
                                server.request(NS + "/runs/" + run.id() + "?wait=60s").build(),
                                BodyHandlers.ofString());

        var asked = read(server.post(NS + "/runs/" + run.id() + "/cancel", ""), 200, RunView.class);
        var begun = System.nanoTime();
        var seen = read(waiting.get(), 200, RunView.class);

        assertThat(asked.state()).isEqualTo("cancelled");
        assertThat(seen.state()).isEqualTo("cancelled");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void a_long_poll_for_an_ended_run_answers_at_once() throws Exception {
        var run = server.ended(server.submit("echo", "{}").id());
        var begun = System.nanoTime();

        read(server.get(NS + "/runs/" + run.id() + "?wait=60s"), 200, RunView.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void a_known_answer_is_not_sent_again_and_a_wait_is_for_a_change_from_it() throws Exception {
        var run = server.submit("held", "{\"delay\":\"1h\"}");
        var path = NS + "/runs/" + run.id();
        var tag = server.get(path).headers().firstValue("ETag").orElseThrow();

        assertThat(server.send(server.request(path).header("If-None-Match", tag)).statusCode())
                .isEqualTo(304);
        assertThat(
                        server.send(server.request(path + "?wait=1s").header("If-None-Match", tag))
                                .statusCode())
                .isEqualTo(304);
        server.post(path + "/terminate", "");
        var changed = server.send(server.request(path + "?wait=60s").header("If-None-Match", tag));
        assertThat(read(changed, 200, RunView.class).state()).isEqualTo("cancelled");
    }

    @Test
    void a_running_run_is_terminated_and_ends_cancelled() throws Exception {
        var run = server.submit("held", "{}");
        var path = NS + "/runs/" + run.id();
        for (var turn = 0; turn < 60 && !run.state().equals("running"); turn++) {
            run = read(server.get(path + "?wait=1s"), 200, RunView.class);
        }

        read(server.post(path + "/terminate", ""), 200, RunView.class);

        assertThat(run.state()).isEqualTo("running");
        assertThat(server.ended(run.id()).state()).isEqualTo("cancelled");
    }

    @Test
    void an_ended_run_cannot_be_cancelled_and_only_a_failed_one_retried() throws Exception {
        var done = NS + "/runs/" + server.ended(server.submit("echo", "{\"payload\":1}").id()).id();
        var failed = server.ended(server.submit("broken", "{\"payload\":[1, 2]}").id());

        problem(server.post(done + "/cancel", ""), 409, "already_ended");
        problem(server.post(done + "/terminate", ""), 409, "already_ended");
        problem(server.post(done + "/retry", ""), 409, "not_failed");
        assertThat(failed.failure()).extracting("code").isEqualTo("handler_failed");
        var again =
                read(server.post(NS + "/runs/" + failed.id() + "/retry", ""), 201, RunView.class);
        assertThat(again.origin()).isEqualTo(failed.id());
        assertThat(again.payload()).isEqualTo(failed.payload());
        var edited =
                read(
                        server.post(done + "/rerun", "{\"payload\": {\"n\":  2}}"),
                        201,
                        RunView.class);
        assertThat(server.ended(edited.id()).result())
                .isEqualTo(RawJson.of("{\"n\":  2}".getBytes(UTF_8)));
        var waiting = server.submit("held", "{\"delay\":\"1h\"}");
        problem(server.post(NS + "/runs/" + waiting.id() + "/rerun", ""), 409, "not_ended");
    }

    @Test
    void attempts_are_listed_for_a_run_that_exists() throws Exception {
        var run = server.ended(server.submit("echo", "{}").id());

        var attempts =
                read(server.get(NS + "/runs/" + run.id() + "/attempts"), 200, AttemptsView.class);

        assertThat(attempts.items()).isEmpty();
        problem(
                server.get(NS + "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/attempts"),
                404,
                "not_found");
    }

    @Test
    void what_is_in_one_namespace_cannot_be_seen_from_another() throws Exception {
        var run = server.submit("echo", "{}");

        problem(server.get("/v1/namespaces/other/runs/" + run.id()), 404, "not_found");
        problem(
                server.post("/v1/namespaces/other/runs/" + run.id() + "/cancel", ""),
                404,
                "not_found");
        problem(server.get("/v1/namespaces/other/runs/" + run.id() + "/logs"), 404, "not_found");
        problem(server.post("/v1/namespaces/other/jobs/echo/runs", "{}"), 404, "not_found");
    }

    @Test
    void reactor_P42_a_full_job_is_answered_429_until_it_may_have_more() throws Exception {
        var job = NS + "/jobs/full";
        var definition =
                "{\"handler\":{\"java\":true},\"maxConcurrency\":%d,\"onExceeded\":\"reject\"}";
        read(server.put(job, definition.formatted(1)), 200, JobView.class);
        server.submit("full", "{\"delay\":\"1h\"}");

        var refusal = server.post(job + "/runs", "{}");
        var batch =
                read(
                        server.post(NS + "/runs:batch", "{\"items\":[{\"job\":\"full\"}]}"),
                        200,
                        BatchView.class);
        var whole =
                server.post(NS + "/runs:batch", "{\"atomic\":true,\"items\":[{\"job\":\"full\"}]}");

        assertThat(problem(refusal, 429, "concurrency_exceeded").retryable()).isTrue();
        assertThat(refusal.headers().firstValue("Retry-After")).contains("1");
        assertThat(batch.items().getFirst().problem())
                .extracting(Problem::code)
                .isEqualTo("concurrency_exceeded");
        problem(whole, 429, "concurrency_exceeded");
        read(server.put(job, definition.formatted(2)), 200, JobView.class);
        server.submit("full", "{\"delay\":\"1h\"}");
    }

    @Test
    void keys_of_limits_and_orders_are_kept_and_shown() throws Exception {
        var run =
                server.submit(
                        "echo", "{\"concurrencyKey\":\"customer 7\",\"orderingKey\":\"order 8\"}");

        assertThat(run.concurrencyKey()).isEqualTo("customer 7");
        assertThat(run.orderingKey()).isEqualTo("order 8");
        assertThat(server.ended(run.id()).state()).isEqualTo("completed");
        problem(server.post(NS + "/jobs/echo/runs", "{\"orderingKey\":\"\"}"), 400, "invalid");
    }

    @Test
    void a_namespace_has_a_limit_when_it_is_given_one() throws Exception {
        var limits = "/v1/namespaces/limited/limits";

        assertThat(
                        read(
                                        server.put(limits, "{\"maxConcurrency\":3}"),
                                        200,
                                        NamespaceLimitBody.class)
                                .maxConcurrency())
                .isEqualTo(3);
        problem(server.put(limits, "{\"maxConcurrency\":0}"), 400, "invalid");
        assertThat(read(server.get(limits), 200, NamespaceLimitBody.class).maxConcurrency())
                .isEqualTo(3);
        problem(server.put(limits, ""), 400, "invalid");
        assertThat(read(server.get(limits), 200, NamespaceLimitBody.class).maxConcurrency())
                .as("the limit, after a body was forgotten")
                .isEqualTo(3);
        read(server.put(limits, "{}"), 200, NamespaceLimitBody.class);
        assertThat(read(server.get(limits), 200, NamespaceLimitBody.class).maxConcurrency())
                .isNull();
    }

    private static int count(String tag) throws Exception {
        return read(server.get(NS + "/runs?tag=" + tag), 200, RunPage.class).items().size();
    }
}
