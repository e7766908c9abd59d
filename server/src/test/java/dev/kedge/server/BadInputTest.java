package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Problem;
import dev.kedge.api.RunView;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is sent, the answer is a problem that names the part at fault, and never a 5xx. */
class BadInputTest {

    private static final String SOME_ID = "0198a1b2-c3d4-7e5f-8a9b-0123456789ab";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"payload\":1,\"prioritty\":1}            | /prioritty   | did you mean 'priority'",
                "{\"priority\":101}                         | /priority    | between -100 and 100",
                "{\"priority\":-101}                        | /priority    | between -100 and 100",
                "{\"priority\":\"high\"}                    | /priority    | a whole number",
                "{\"priority\":1e2}                         | /priority    | a whole number",
                "{\"priority\":99999999999999999999}        | /priority    | does not fit",
                "{\"delay\":\"soon\"}                       | /delay       | a duration is written like",
                "{\"delay\":\"-5s\"}                        | /delay       | a duration is written like",
                "{\"delay\":5}                              | /delay       | a text is wanted",
                "{\"delay\":\"4000d\"}                      | /delay       | between",
                "{\"delay\":\"999999999d999999999h\"}       | /delay       | between",
                "{\"delay\":\"1s\",\"runAt\":\"2030-01-01T00:00:00Z\"} | /delay | not both",
                "{\"runAt\":\"tomorrow\"}                   | /runAt       | a time is written like",
                "{\"runAt\":\"2030-02-30T00:00:00Z\"}       | /runAt       | a time is written like",
                "{\"runAt\":\"2030-01-01\"}                 | /runAt       | a time is written like",
                "{\"runAt\":\"+999999999-01-01T00:00:00Z\"} | /runAt       | a time is written like",
                "{\"runAt\":1700000000}                     | /runAt       | a time is written like",
                "{\"expiresAt\":\"\"}                       | /expiresAt   | a time is written like",
                "{\"timeout\":\"0s\"}                       | /timeout     | between",
                "{\"timeout\":\"none\"}                     | /timeout     | a duration is written like",
                "{\"maxAttempts\":0}                        | /maxAttempts | between 1 and 1000",
                "{\"maxAttempts\":1001}                     | /maxAttempts | between 1 and 1000",
                "{\"queue\":\"a b\"}                        | /queue       | does not match",
                "{\"queue\":\"\"}                           | /queue       | does not match",
                "{\"key\":\"\"}                             | /key         | 1 to 256",
                "{\"key\":\"a\\u0000b\"}                    | /key         | NUL",
                "{\"key\":\"a\\ud800b\"}                    | /key         | surrogate",
                "{\"onConflict\":\"return\"}                | /onConflict  | without a key",
                "{\"key\":\"k\",\"onConflict\":\"ignore\"}  | /onConflict  | one of reject, return, replace",
                "{\"tags\":\"a\"}                           | /tags        | a list",
                "{\"tags\":[\"\"]}                          | /tags        | 1 to 100",
                "{\"tags\":[1]}                             | /tags/0      | a text is wanted",
                "{\"tags\":[null]}                          | /tags/0      | null",
                "{\"metadata\":[]}                          | /metadata    | an object",
                "{\"metadata\":{\"a\":\"\\u0000\"}}         | /metadata    | NUL",
                "{\"payload\":{\"a\":\"\\u0000\"}}          | /payload     | NUL",
                "{\"payload\":1e999}                        | /payload     | larger than",
                "{\"payload\":{\"a\":1,\"a\":2}}            | /payload     | Duplicate",
                "{\"payload\":1,\"payload\":2}              | -            | Duplicate",
                "{\"payload\":[1,2}                         | /payload     | line 1",
                "{\"payload\":nul}                          | -            | line 1",
                "{                                          | -            | end-of-input",
                "[]                                         | -            | an object",
                "null                                       | -            | an object",
                "{} {}                                      | -            | behind the end",
            })
    void a_run_that_makes_no_sense_is_refused_by_name(String body, String pointer, String words)
            throws Exception {
        var answer = server.post(NS + "/jobs/echo/runs", body);

        assertNamed(answer, pointer, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/runs?limit=0                        | ?limit         | between 1 and 500",
                "/runs?limit=501                      | ?limit         | between 1 and 500",
                "/runs?limit=-1                       | ?limit         | between 1 and 500",
                "/runs?limit=99999999999999           | ?limit         | a whole number",
                "/runs?limit=ten                      | ?limit         | a whole number",
                "/runs?limit=                         | ?limit         | a whole number",
                "/runs?cursor=abc                     | ?cursor        | not a cursor",
                "/runs?cursor=%C3%A4%C3%B6            | ?cursor        | not a cursor",
                "/runs?cursor=                        | ?cursor        | not a cursor",
                "/runs?state=done                     | ?state         | none of pending",
                "/runs?state=pending,                 | ?state         | none of pending",
                "/runs?job=a%20b                      | ?job           | does not match",
                "/runs?queue=%00                      | ?queue         | does not match",
                "/runs?tag=                           | ?tag           | 1 to 256",
                "/runs?key=a%00b                      | ?key           | 1 to 256",
                "/audit?act=                          | ?act           | 1 to 256",
                "/audit?act=%00                       | ?act           | 1 to 256",
                "/schedules/preview                   | ?schedule      | is wanted",
                "/schedules/preview?schedule=daily    | ?schedule      | got 1",
                "/schedules/preview?schedule=@daily&zone=Mars | ?zone  | no time zone",
                "/runs?createdAfter=yesterday         | ?createdAfter  | a time is written like",
                "/runs?createdBefore=2030             | ?createdBefore | a time is written like",
                "/runs?status=pending                 | ?status        | there is no such parameter",
                "/runs?state=pending&state=failed     | ?state         | more than once",
                "/jobs?limit=501                      | ?limit         | between 1 and 500",
                "/jobs?cursor=abc                     | ?cursor        | not a cursor",
                "/jobs/a%20b                          | {job}          | does not match",
                "/jobs/.hidden                        | {job}          | does not match",
                "/runs/abc                            | {id}           | a run id is a UUID",
                "/runs/1-1-1-1-1                      | {id}           | a run id is a UUID",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab?wait=61s   | ?wait | at most",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab?wait=often | ?wait | a duration",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab?wait=30    | ?wait | a duration",
                "/functions/a%20b/versions            | {function}     | does not match",
                "/runs/abc/steps                      | {id}           | a run id is a UUID",
                "/runs/abc/state                      | {id}           | a run id is a UUID",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/steps?limit=501  | ?limit  | between 1 and 500",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/steps?cursor=abc | ?cursor | not a cursor",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/steps?cursor=czEyMyA | ?cursor | not a cursor",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/steps?cursor=czk5OTk5OTk5OTk5OTk5OTk5OSBh | ?cursor | not a cursor",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/steps?cursor=czEyMyBhAGI | ?cursor | not a cursor",
                "/runs/0198a1b2-c3d4-7e5f-8a9b-0123456789ab/state?limit=1    | ?limit  | no parameters",
                "/events?topic=.a                     | ?topic         | a letter or digit at both ends",
                "/events?topic=                       | ?topic         | a letter or digit at both ends",
                "/events?consumed=yes                 | ?consumed      | true or false",
                "/events?limit=501                    | ?limit         | between 1 and 500",
                "/events?cursor=abc                   | ?cursor        | not a cursor",
                "/events?job=a                        | ?job           | no such parameter",
                "/dead-letters?job=a%20b              | ?job           | does not match",
                "/dead-letters?poisoned=1             | ?poisoned      | true or false",
                "/dead-letters?limit=0                | ?limit         | between 1 and 500",
                "/dead-letters?cursor=abc             | ?cursor        | not a cursor",
                "/dead-letters/abc                    | {id}           | a run id is a UUID",
                "/jobs/a%20b/triggers                 | {job}          | does not match",
                "/stats?x=1                           | ?x             | no parameters",
            })
    void a_question_that_makes_no_sense_is_refused_by_name(
            String path, String pointer, String words) throws Exception {
        assertNamed(server.get(NS + path), pointer, words);
    }

    @ParameterizedTest
    @CsvSource({"Default", "a_b", "1a", "%C3%A4", "a%00b"})
    void a_namespace_that_could_not_be_is_refused(String namespace) throws Exception {
        var answer = server.get("/v1/namespaces/" + namespace + "/jobs");

        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void what_is_not_there_is_not_found() throws Exception {
        problem(server.post(NS + "/jobs/nowhere/runs", "{}"), 404, "not_found");
        problem(server.get(NS + "/jobs/nowhere"), 404, "not_found");
        problem(server.get(NS + "/runs/" + SOME_ID), 404, "not_found");
        problem(server.get(NS + "/runs/" + SOME_ID + "?wait=30s"), 404, "not_found");
        problem(server.get(NS + "/runs/" + SOME_ID + "/logs"), 404, "not_found");
        problem(server.get(NS + "/runs/" + SOME_ID + "/logs/stream"), 404, "not_found");
        problem(server.post(NS + "/runs/" + SOME_ID + "/cancel", ""), 404, "not_found");
        problem(server.post(NS + "/runs/" + SOME_ID + "/terminate", ""), 404, "not_found");
        problem(server.post(NS + "/runs/" + SOME_ID + "/retry", ""), 404, "not_found");
        problem(server.post(NS + "/runs/" + SOME_ID + "/rerun", ""), 404, "not_found");
    }

    @Test
    void a_payload_is_taken_to_the_limit_and_no_further() throws Exception {
        var path = NS + "/jobs/echo/runs";
        var largest = "x".repeat((1 << 20) - 2);

        read(
                server.post(path, "{\"delay\":\"1h\",\"payload\":\"" + largest + "\"}"),
                201,
                RunView.class);
        var problem =
                problem(server.post(path, "{\"payload\":\"" + largest + "x\"}"), 413, "too_large");
        assertThat(problem.errors()).extracting(Problem.At::pointer).containsExactly("/payload");
    }

    @Test
    void metadata_tags_and_keys_are_taken_to_the_limit_and_no_further() throws Exception {
        var path = NS + "/jobs/echo/runs";
        var meta = "{\"metadata\":{\"a\":\"%s\"}}";
        var frame = "{\"a\":\"\"}".length();

        server.submit("echo", meta.formatted("x".repeat((16 << 10) - frame)));
        problem(
                server.post(path, meta.formatted("x".repeat((16 << 10) - frame + 1))),
                413,
                "too_large");
        server.submit("echo", "{\"key\":\"" + "x".repeat(256) + "\"}");
        problem(server.post(path, "{\"key\":\"" + "y".repeat(257) + "\"}"), 400, "invalid");
        var tag = "\"" + "x".repeat(100) + "\"";
        server.submit("echo", "{\"tags\":[" + (tag + ",").repeat(19) + tag + "]}");
        problem(
                server.post(path, "{\"tags\":[" + (tag + ",").repeat(20) + tag + "]}"),
                400,
                "invalid");
    }

    @Test
    void an_answer_that_leaves_the_body_unread_says_that_the_connection_ends() throws Exception {
        var unread = server.post("/v1/nowhere", "{\"payload\":1}");
        assertThat(unread.headers().firstValue("Connection")).contains("close");

        var read = server.post(NS + "/jobs/echo/runs", "{\"payload\":");
        assertThat(read.headers().firstValue("Connection")).isEmpty();
    }

    @Test
    void depth_and_length_of_numbers_are_bounded() throws Exception {
        var path = NS + "/jobs/echo/runs";

        problem(
                server.post(
                        path, "{\"payload\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"),
                400,
                "malformed_json");
        problem(
                server.post(path, "{\"payload\":" + "1".repeat(10_000) + "}"),
                400,
                "malformed_json");
        server.submit("echo", "{\"payload\":" + "[".repeat(99) + "]".repeat(99) + "}");
        problem(
                server.post(path, "{\"payload\":" + "[".repeat(100) + "]".repeat(100) + "}"),
                400,
                "malformed_json");
    }

    @Test
    void a_batch_that_makes_no_sense_is_refused_by_name() throws Exception {
        var path = NS + "/runs:batch";

        assertNamed(server.post(path, "{}"), "/items", "must be there");
        assertNamed(server.post(path, "{\"items\":{}}"), "/items", "a list");
        assertNamed(server.post(path, "{\"items\":[{}]}"), "/items/0/job", "must be there");
        assertNamed(server.post(path, "{\"items\":[null]}"), "/items/0", "null");
        assertNamed(server.post(path, "{\"items\":[1]}"), "/items/0", "an object");
        assertNamed(
                server.post(
                        path, "{\"items\":[{\"job\":\"echo\"},{\"job\":\"echo\",\"delai\":1}]}"),
                "/items/1/delai",
                "did you mean 'delay'");
        assertNamed(
                server.post(path, "{\"atomic\":\"yes\",\"items\":[]}"), "/atomic", "true or false");
    }

    @Test
    void an_event_that_makes_no_sense_is_refused_by_name() throws Exception {
        var path = NS + "/events";

        assertNamed(server.post(path, "{}"), "/topic", "must be there");
        assertNamed(server.post(path, "{\"topic\":null}"), "/topic", "must not be null");
        assertNamed(server.post(path, "{\"topic\":7}"), "/topic", "a text is wanted");
        for (var topic : List.of("", "a b", "-a", "a.", "ä", "a/b", "x".repeat(129))) {
            assertNamed(
                    server.post(path, "{\"topic\":\"" + topic + "\"}"),
                    "/topic",
                    "a letter or digit at both ends");
        }
        assertNamed(
                server.post(path, "{\"topic\":\"a\",\"pay\":1}"), "/pay", "there is no such field");
        assertNamed(
                server.post(path, "{\"topic\":\"a\",\"payload\":\"\\u0000\"}"), "/payload", "NUL");
        assertNamed(server.post(path, "{\"topic\":\"a\",\"payload\":}"), "-", "line 1");
        assertNamed(server.post(path, "[]"), "-", "an object");
    }

    @Test
    void a_trigger_that_makes_no_sense_is_refused_by_name() throws Exception {
        var path = NS + "/jobs/echo/triggers";

        assertNamed(server.post(path, "{\"topic\":\"a\"}"), "/kind", "must be there");
        assertNamed(server.post(path, "{\"kind\":\"cron\"}"), "/schedule", "needs it");
        assertNamed(server.post(path, "{\"kind\":\"webhook\"}"), "/kind", "must be");
        assertNamed(server.post(path, "{\"kind\":\"event\"}"), "/topic", "needs it");
        assertNamed(
                server.post(path, "{\"kind\":\"event\",\"topic\":\"a b\"}"),
                "/topic",
                "a letter or digit at both ends");
        assertNamed(
                server.post(path, "{\"kind\":\"event\",\"topic\":\"a\",\"match\":{]}"),
                "/match",
                "line 1");
        assertNamed(
                server.post(path, "{\"kind\":\"event\",\"topic\":\"a\",\"cron\":\"* * * * *\"}"),
                "/cron",
                "there is no such field");
        assertNamed(server.patch(path + "/abc", "{\"enabled\":true}"), "{id}", "a trigger id");
        assertNamed(server.patch(path + "/" + SOME_ID, "{}"), "/enabled", "must be there");
        assertNamed(
                server.patch(path + "/" + SOME_ID, "{\"enabled\":1}"), "/enabled", "true or false");
        assertNamed(
                server.patch(path + "/" + SOME_ID, "{\"enabled\":true,\"topic\":\"a\"}"),
                "/topic",
                "there is no such field");
        assertNamed(server.delete(path + "/abc"), "{id}", "a trigger id");
    }

    @Test
    void a_retry_that_makes_no_sense_is_refused_by_name() throws Exception {
        var letters = NS + "/dead-letters";

        for (var path :
                List.of(
                        NS + "/runs/" + SOME_ID + "/retry",
                        letters + "/" + SOME_ID + "/retry",
                        letters + ":retry")) {
            assertNamed(server.post(path, "{\"fresh\":1}"), "/fresh", "true or false");
            assertNamed(server.post(path, "{\"frish\":true}"), "/frish", "did you mean 'fresh'");
            assertNamed(server.post(path, "[]"), "-", "an object");
        }
        assertNamed(server.post(letters + "/abc/retry", ""), "{id}", "a run id is a UUID");
        assertNamed(server.delete(letters + "/abc"), "{id}", "a run id is a UUID");
        assertNamed(server.post(letters + ":retry", "{\"job\":\"a b\"}"), "/job", "does not match");
        assertNamed(
                server.post(letters + ":retry", "{\"poisoned\":\"yes\"}"),
                "/poisoned",
                "true or false");
        assertNamed(
                server.post(letters + ":retry", "{\"limit\":0}"), "/limit", "between 1 and 500");
        assertNamed(
                server.post(letters + ":retry", "{\"limit\":501}"), "/limit", "between 1 and 500");
        assertNamed(
                server.post(letters + ":retry", "{\"cursor\":\"abc\"}"), "/cursor", "not a cursor");
        problem(
                server.post(letters + ":retry", "{\"cursor\":\"" + "x".repeat(5_000) + "\"}"),
                413,
                "too_large");
    }

    @Test
    void a_definition_that_makes_no_sense_is_refused_by_name() throws Exception {
        var path = NS + "/jobs/x";

        assertNamed(server.put(path, ""), "/handler", "must be there");
        assertNamed(
                server.put(path, "{\"handler\":{\"function\":\"f\"},\"schedules\":[]}"),
                "/schedules",
                "no such field");
        assertNamed(
                server.put(path, "{\"handler\":{\"http\":\"x\"}}"),
                "/handler/http",
                "no such field");
        assertNamed(
                server.put(path, "{\"handler\":{\"java\":true},\"retry\":{\"jitter\":2}}"),
                "/retry/jitter",
                "between 0 and 1");
        assertNamed(
                server.put(
                        path,
                        "{\"handler\":{\"java\":true},\"description\":\""
                                + "x".repeat(2_001)
                                + "\"}"),
                "/description",
                "between 0 and 2000");
    }

    private static void assertNamed(HttpResponse<String> answer, String pointer, String words) {
        var problem = read(answer, 400, Problem.class);
        assertThat(problem.detail()).contains(words);
        assertThat(problem.errors())
                .extracting(Problem.At::pointer)
                .containsExactly(pointer.equals("-") ? "" : pointer);
    }
}
