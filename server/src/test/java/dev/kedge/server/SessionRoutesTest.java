package dev.kedge.server;

import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.MemberPage;
import dev.kedge.api.MemberView;
import dev.kedge.api.RolesView;
import dev.kedge.api.SessionView;
import dev.kedge.api.UserPage;
import dev.kedge.api.UserView;
import dev.kedge.api.WhoView;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SessionRoutesTest {

    private static final String PASSWORD = "correct horse battery";
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
    void a_user_signs_in_and_acts_with_the_roles_of_a_member() throws Exception {
        var user = add("ada@example.com");
        var member = "/v1/namespaces/shop/members/Ada@Example.com";
        assertThat(server.put(member, "{\"role\":\"authenticated\"}").statusCode()).isEqualTo(200);

        var session = signIn("ADA@example.com", PASSWORD);
        var who = read(as(session, "GET", "/v1/whoami"), 200, WhoView.class);

        assertThat(who.principal()).isEqualTo(user.principal()).isEqualTo("user:" + user.id());
        assertThat(who.email()).isEqualTo("ada@example.com");
        assertThat(who.memberships())
                .singleElement()
                .satisfies(in -> assertThat(in.role().name()).isEqualTo("authenticated"));
        assertThat(as(session, "GET", "/v1/namespaces/shop/runs").statusCode()).isEqualTo(200);
        problem(as(session, "GET", "/v1/namespaces/default/runs"), 404, "not_found");
        assertThat(read(server.get("/v1/namespaces/shop/members"), 200, MemberPage.class).items())
                .extracting(MemberView::email)
                .contains("ada@example.com");

        assertThat(server.delete(member).statusCode()).isEqualTo(204);
        problem(as(session, "GET", "/v1/namespaces/shop/runs"), 404, "not_found");
    }

    @Test
    void whether_the_user_or_the_password_is_wrong_is_not_said() throws Exception {
        add("bob@example.com");

        var wrong = trySignIn("bob@example.com", PASSWORD + "!");
        var unknown = trySignIn("nobody@example.com", PASSWORD);

        problem(wrong, 401, "unauthenticated");
        assertThat(wrong.body()).isEqualTo(unknown.body()).doesNotContain("bob", PASSWORD);
        assertThat(trySignIn("no address", PASSWORD).body()).isEqualTo(wrong.body());
        assertThat(trySignIn("bob@example.com", "x".repeat(3_000)).body()).isEqualTo(wrong.body());
    }

    @Test
    void a_refresh_token_is_good_once_and_used_twice_it_ends_the_session() throws Exception {
        add("cleo@example.com");
        var first = signIn("cleo@example.com", PASSWORD);

        var second = read(refresh(first.refreshToken()), 200, SessionView.class);
        assertThat(second.accessToken()).isNotEqualTo(first.accessToken());
        assertThat(as(second, "GET", "/v1/whoami").statusCode()).isEqualTo(200);
        assertThat(as(first, "GET", "/v1/whoami").statusCode()).isEqualTo(401);

        problem(refresh(first.refreshToken()), 401, "unauthenticated");
        assertThat(as(second, "GET", "/v1/whoami").statusCode()).isEqualTo(401);
        problem(refresh(second.refreshToken()), 401, "unauthenticated");
        problem(refresh("kedge_rt_nonsense"), 401, "unauthenticated");
    }

    @Test
    void a_refresh_token_opens_nothing_by_itself() throws Exception {
        add("dan@example.com");
        var session = signIn("dan@example.com", PASSWORD);

        problem(
                server.as(session.refreshToken(), "GET", "/v1/whoami", null),
                401,
                "unauthenticated");
        problem(refresh(session.accessToken()), 401, "unauthenticated");
    }

    @Test
    void who_signs_out_is_out_at_once() throws Exception {
        add("eve@example.com");
        var session = signIn("eve@example.com", PASSWORD);
        var other = signIn("eve@example.com", PASSWORD);
        assertThat(as(session, "GET", "/v1/whoami").statusCode()).isEqualTo(200);

        assertThat(as(session, "DELETE", "/v1/session").statusCode()).isEqualTo(204);

        assertThat(as(session, "GET", "/v1/whoami").statusCode()).isEqualTo(401);
        problem(refresh(session.refreshToken()), 401, "unauthenticated");
        assertThat(as(other, "GET", "/v1/whoami").statusCode()).isEqualTo(200);
    }

    @Test
    void who_is_disabled_removed_or_signed_out_by_others_is_out() throws Exception {
        var user = add("finn@example.com");
        var path = "/v1/users/" + user.id();

        var one = signIn("finn@example.com", PASSWORD);
        var over = server.delete(path + "/sessions");
        assertThat(over.statusCode()).as(over.body()).isEqualTo(204);
        assertThat(as(one, "GET", "/v1/whoami").statusCode()).isEqualTo(401);

        var two = signIn("finn@example.com", PASSWORD);
        var disabled = read(server.patch(path, "{\"enabled\":false}"), 200, UserView.class);
        assertThat(disabled.enabled()).isFalse();
        assertThat(as(two, "GET", "/v1/whoami").statusCode()).isEqualTo(401);
        problem(trySignIn("finn@example.com", PASSWORD), 401, "unauthenticated");

        server.patch(path, "{\"enabled\":true}");
        var three = signIn("finn@example.com", PASSWORD);
        assertThat(server.delete(path).statusCode()).isEqualTo(204);
        assertThat(as(three, "GET", "/v1/whoami").statusCode()).isEqualTo(401);
        problem(server.get(path), 404, "not_found");
    }

    @Test
    void a_new_password_ends_what_the_old_one_opened() throws Exception {
        add("gil@example.com");
        var session = signIn("gil@example.com", PASSWORD);
        var change = "{\"password\":\"%s\",\"newPassword\":\"another good password\"}";

        problem(post(session, change.formatted("wrong password!!")), 401, "unauthenticated");
        problem(
                post(session, change.formatted(PASSWORD).replace("another good password", "short")),
                400,
                "invalid");
        var renewed = read(post(session, change.formatted(PASSWORD)), 200, SessionView.class);

        assertThat(as(session, "GET", "/v1/whoami").statusCode()).isEqualTo(401);
        assertThat(as(renewed, "GET", "/v1/whoami").statusCode()).isEqualTo(200);
        problem(trySignIn("gil@example.com", PASSWORD), 401, "unauthenticated");
        signIn("gil@example.com", "another good password");
    }

    @Test
    void a_key_has_no_password() throws Exception {
        var body = "{\"password\":\"%s\",\"newPassword\":\"%s\"}".formatted(PASSWORD, PASSWORD);

        problem(server.post("/v1/session/password", body), 403, "forbidden");
    }

    @Test
    void after_many_wrong_passwords_even_the_right_one_has_to_wait() throws Exception {
        try (var other = new RunningServer(ServerConfig.DEFAULT)) {
            other.post("/v1/users", body("hal@example.com", PASSWORD));
            for (var i = 0; i < SessionRoutes.WRONG_FOR_USER.burst(); i++) {
                problem(
                        trySignIn(other, "hal@example.com", "wrong password!!"),
                        401,
                        "unauthenticated");
            }

            var answer = trySignIn(other, "hal@example.com", PASSWORD);

            problem(answer, 429, "rate_limited");
            assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 600);
            other.post("/v1/users", body("ida@example.com", PASSWORD));
            assertThat(trySignIn(other, "ida@example.com", PASSWORD).statusCode()).isEqualTo(201);
        }
    }

    @Test
    void users_are_listed_by_address_page_by_page() throws Exception {
        for (var name : new String[] {"za", "zb", "zc"}) {
            add(name + "@example.com");
        }
        var seen = new ArrayList<String>();
        for (String cursor = ""; cursor != null; ) {
            var page = read(server.get("/v1/users?limit=2" + cursor), 200, UserPage.class);
            page.items().forEach(user -> seen.add(user.email()));
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
        }

        assertThat(seen).contains("za@example.com", "zb@example.com", "zc@example.com").isSorted();
    }

    @Test
    void a_user_that_makes_no_sense_is_refused() throws Exception {
        add("jo@example.com");

        problem(server.post("/v1/users", body("JO@example.com", PASSWORD)), 409, "email_taken");
        problem(server.post("/v1/users", body("jo", PASSWORD)), 400, "invalid");
        problem(server.post("/v1/users", body("k@example.com", "short")), 400, "invalid");
        problem(server.post("/v1/users", body("k@example.com", "x".repeat(257))), 400, "invalid");
        problem(server.get("/v1/users/" + UUID.randomUUID()), 404, "not_found");
        problem(
                server.put(
                        "/v1/namespaces/shop/members/nobody@example.com", "{\"role\":\"admin\"}"),
                404,
                "not_found");
        problem(
                server.put(
                        "/v1/namespaces/shop/members/jo@example.com",
                        "{\"role\":\"service_role\"}"),
                400,
                "invalid");
        problem(
                server.put("/v1/namespaces/shop/members/jo@example.com", "{\"role\":\"king\"}"),
                400,
                "invalid");
        for (var nobody : List.of("external:", "external:issuer", "external::subject")) {
            problem(
                    server.put("/v1/namespaces/shop/members/" + nobody, "{\"role\":\"admin\"}"),
                    400,
                    "invalid");
        }
    }

    @Test
    void an_operators_role_grants_what_it_says_until_it_is_removed() throws Exception {
        var role = "{\"permissions\":[\"jobs:read\"],\"sees\":\"all\"}";
        assertThat(server.put("/v1/roles/reader", role).statusCode()).isEqualTo(200);
        problem(server.put("/v1/roles/admin", role), 409, "conflict");
        assertThat(read(server.get("/v1/roles"), 200, RolesView.class).items())
                .extracting(each -> each.name())
                .contains("anon", "authenticated", "admin", "service_role", "reader");
        add("kim@example.com");
        server.put("/v1/namespaces/shop/members/kim@example.com", "{\"role\":\"reader\"}");
        var session = signIn("kim@example.com", PASSWORD);

        assertThat(as(session, "GET", "/v1/namespaces/shop/runs").statusCode()).isEqualTo(200);
        problem(as(session, "POST", "/v1/namespaces/shop/jobs/echo/runs"), 403, "forbidden");

        assertThat(server.delete("/v1/roles/reader").statusCode()).isEqualTo(204);
        problem(as(session, "GET", "/v1/namespaces/shop/runs"), 403, "forbidden");
    }

    private static UserView add(String email) throws Exception {
        return read(server.post("/v1/users", body(email, PASSWORD)), 201, UserView.class);
    }

    private static SessionView signIn(String email, String password) throws Exception {
        return read(trySignIn(email, password), 201, SessionView.class);
    }

    private static HttpResponse<String> trySignIn(String email, String password) throws Exception {
        return trySignIn(server, email, password);
    }

    private static HttpResponse<String> trySignIn(RunningServer at, String email, String password)
            throws Exception {
        return at.send(
                at.anonymous("/v1/sign-in")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body(email, password))));
    }

    private static HttpResponse<String> refresh(String token) throws Exception {
        return server.send(
                server.anonymous("/v1/session/refresh")
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"refreshToken\":\"%s\"}".formatted(token))));
    }

    private static HttpResponse<String> post(SessionView session, String body) throws Exception {
        return server.as(session.accessToken(), "POST", "/v1/session/password", body);
    }

    private static HttpResponse<String> as(SessionView session, String method, String path)
            throws Exception {
        return server.as(session.accessToken(), method, path, null);
    }

    private static String body(String email, String password) {
        return "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password);
    }
}
