package dev.kedge.server;

import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.KeyView;
import dev.kedge.api.KeysView;
import dev.kedge.api.RunView;
import dev.kedge.api.WhoView;
import java.net.http.HttpResponse;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeyRoutesTest {

    private static final String SHOP = "/v1/namespaces/shop";
    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer(ServerConfig.DEFAULT);
        for (var job : new String[] {"send-mail", "other"}) {
            server.put(SHOP + "/jobs/" + job, "{\"handler\":{\"java\":true}}");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_secret_is_in_the_answer_that_makes_the_key_and_in_no_other() throws Exception {
        var made = make(SHOP, "{\"name\":\"once\"}");
        var secret = String.valueOf(made.key());

        assertThat(secret).matches("kedge_[0-9a-z]{57}").startsWith(made.hint());
        assertThat(made.hint()).hasSize(12);
        var listed = server.get(SHOP + "/keys").body();
        assertThat(listed).contains(made.id()).doesNotContain(secret);
        assertThat(server.get("/v1/keys").body()).contains(made.id()).doesNotContain(secret);
    }

    @Test
    void a_key_reaches_its_namespace_with_its_role() throws Exception {
        var made = make(SHOP, "{\"name\":\"admin of shop\"}");

        var who = read(as(made, "GET", "/v1/whoami", null), 200, WhoView.class);
        assertThat(who.principal()).isEqualTo("key:" + made.id());
        assertThat(who.everywhere()).isNull();
        assertThat(who.memberships()).hasSize(1);
        assertThat(as(made, "GET", SHOP + "/jobs/other", null).statusCode()).isEqualTo(200);
        var foreign =
                problem(
                        as(made, "GET", "/v1/namespaces/default/jobs/echo", null),
                        404,
                        "not_found");
        var absent =
                problem(
                        as(made, "GET", "/v1/namespaces/nowhere/jobs/echo", null),
                        404,
                        "not_found");
        assertThat(foreign.detail().replace("default", "nowhere")).isEqualTo(absent.detail());
        assertThat(problem(as(made, "GET", "/v1/keys", null), 403, "forbidden").detail())
                .contains("keys:write");
    }

    @Test
    void a_key_may_be_for_one_job() throws Exception {
        var made =
                make(
                        SHOP,
                        "{\"name\":\"mailer\",\"permissions\":[\"jobs:write/send-mail\",\"jobs:read/send-mail\"]}");

        var run = read(as(made, "POST", SHOP + "/jobs/send-mail/runs", "{}"), 201, RunView.class);
        assertThat(as(made, "GET", SHOP + "/runs/" + run.id(), null).statusCode()).isEqualTo(200);
        assertThat(as(made, "GET", SHOP + "/runs?job=send-mail", null).statusCode()).isEqualTo(200);
        assertThat(as(made, "POST", SHOP + "/runs/" + run.id() + "/cancel", null).statusCode())
                .isEqualTo(200);

        var refused = problem(as(made, "POST", SHOP + "/jobs/other/runs", "{}"), 403, "forbidden");
        assertThat(refused.detail()).endsWith("jobs:write/other");
        var other = server.as(server.secret, "POST", SHOP + "/jobs/other/runs", "{}");
        var foreign = read(other, 201, RunView.class).id();
        var unseen = problem(as(made, "GET", SHOP + "/runs/" + foreign, null), 404, "not_found");
        var absent = foreign.substring(0, 35) + (foreign.endsWith("0") ? "1" : "0");
        assertThat(
                        problem(as(made, "GET", SHOP + "/runs/" + absent, null), 404, "not_found")
                                .detail())
                .isEqualTo(unseen.detail().replace(foreign, absent));
        problem(as(made, "GET", SHOP + "/runs/" + foreign + "/logs", null), 404, "not_found");
        problem(as(made, "POST", SHOP + "/runs/" + foreign + "/cancel", null), 404, "not_found");
        problem(as(made, "GET", SHOP + "/runs?job=other", null), 403, "forbidden");
        problem(as(made, "GET", SHOP + "/runs", null), 403, "forbidden");
        problem(as(made, "POST", SHOP + "/runs:batch", "{\"items\":[]}"), 403, "forbidden");
        problem(as(made, "GET", SHOP + "/stats", null), 403, "forbidden");
    }

    @Test
    void nobody_makes_a_key_that_may_do_more_than_they() throws Exception {
        var keeper =
                make(SHOP, "{\"name\":\"keeper\",\"permissions\":[\"keys:write\",\"jobs:read\"]}");

        var less = "{\"name\":\"less\",\"permissions\":[\"jobs:read\"]}";
        assertThat(as(keeper, "POST", SHOP + "/keys", less).statusCode()).isEqualTo(201);
        var more = "{\"name\":\"more\",\"permissions\":[\"jobs:read\",\"jobs:write\"]}";
        problem(as(keeper, "POST", SHOP + "/keys", more), 403, "forbidden");
        problem(as(keeper, "POST", SHOP + "/keys", "{\"name\":\"all\"}"), 403, "forbidden");
    }

    @Test
    void a_key_that_makes_no_sense_is_refused() throws Exception {
        for (var body :
                new String[] {
                    "{}",
                    "{\"name\":\"\"}",
                    "{\"name\":\"x\",\"permissions\":[]}",
                    "{\"name\":\"x\",\"permissions\":[\"jobs:fly\"]}",
                    "{\"name\":\"x\",\"role\":\"nobody\"}",
                    "{\"name\":\"x\",\"role\":\"service_role\"}",
                    "{\"name\":\"x\",\"everywhere\":true}",
                    "{\"name\":\"x\",\"namespaces\":[\"default\"]}",
                    "{\"name\":\"x\",\"expiresIn\":\"0s\"}",
                    "{\"name\":\"x\",\"expiresIn\":\"20y\"}"
                }) {
            problem(server.post(SHOP + "/keys", body), 400, "invalid");
        }
        problem(server.post("/v1/keys", "{\"name\":\"x\"}"), 400, "invalid");
        problem(
                server.post(
                        "/v1/keys", "{\"name\":\"x\",\"everywhere\":true,\"namespaces\":[\"a\"]}"),
                400,
                "invalid");
    }

    @Test
    void an_expired_key_opens_nothing() throws Exception {
        var made = make(SHOP, "{\"name\":\"short\",\"expiresIn\":\"1s\"}");

        assertThat(made.expiresAt()).isAfter(made.madeAt());
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(as(made, "GET", "/v1/whoami", null).statusCode())
                                .isEqualTo(401));
    }

    @Test
    void a_revoked_key_opens_nothing_at_once_and_is_still_listed() throws Exception {
        var made = make(SHOP, "{\"name\":\"gone\"}");
        assertThat(as(made, "GET", "/v1/whoami", null).statusCode()).isEqualTo(200);

        assertThat(server.delete(SHOP + "/keys/" + made.id()).statusCode()).isEqualTo(204);
        assertThat(server.delete(SHOP + "/keys/" + made.id()).statusCode()).isEqualTo(204);

        assertThat(as(made, "GET", "/v1/whoami", null).statusCode()).isEqualTo(401);
        var listed = read(server.get(SHOP + "/keys"), 200, KeysView.class).items();
        assertThat(listed)
                .filteredOn(key -> key.id().equals(made.id()))
                .singleElement()
                .satisfies(key -> assertThat(key.revokedAt()).isNotNull())
                .satisfies(key -> assertThat(key.lastUsedAt()).isNotNull());
    }

    @Test
    void a_key_of_other_namespaces_is_ended_by_the_installation_only() throws Exception {
        var made = make("/v1", "{\"name\":\"two\",\"namespaces\":[\"shop\",\"other\"]}");
        var admin = make(SHOP, "{\"name\":\"admin\"}");

        assertThat(as(admin, "GET", SHOP + "/keys", null).body()).contains(made.id());
        problem(as(admin, "DELETE", SHOP + "/keys/" + made.id(), null), 404, "not_found");
        assertThat(server.delete("/v1/keys/" + made.id()).statusCode()).isEqualTo(204);
        assertThat(as(made, "GET", "/v1/whoami", null).statusCode()).isEqualTo(401);
    }

    private static KeyView make(String base, String body) throws Exception {
        return read(server.post(base + "/keys", body), 201, KeyView.class);
    }

    private static HttpResponse<String> as(
            KeyView key, String method, String path, @Nullable String body) throws Exception {
        return server.as(String.valueOf(key.key()), method, path, body);
    }
}
