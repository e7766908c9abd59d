package dev.kedge.server;

import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Json;
import dev.kedge.api.KeyView;
import dev.kedge.api.Problem;
import dev.kedge.model.Membership;
import dev.kedge.model.Namespace;
import dev.kedge.model.Permission;
import dev.kedge.model.Principal;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every route, asked by everybody, in their own namespace, in one of others, and in one that nobody
 * has. The requests are made from the route table, so none can be missing.
 */
class MatrixTest {

    private static final Namespace OWN = new Namespace("own");
    private static final Namespace FOREIGN = new Namespace("foreign");
    private static final Namespace ABSENT = new Namespace("absent");

    /** Whoever asks: with which credential, and as whom that counts. */
    private record Asker(String name, Optional<String> credential, Principal principal) {}

    private static RunningServer server;
    private static List<Asker> askers;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer(ServerConfig.DEFAULT);
        for (var namespace : List.of(OWN, FOREIGN)) {
            server.put(
                    "/v1/namespaces/%s/jobs/there".formatted(namespace),
                    "{\"handler\":{\"java\":true}}");
        }
        askers = askers();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void every_route_answers_everybody_as_its_permission_says() throws Exception {
        var asked = 0;
        for (var route : server.server.routes()) {
            for (var namespace : namespaces(route)) {
                var path = path(route, namespace);
                var toWhoeverMay = ask(route, path, Optional.of(server.secret)).statusCode();
                assertThat(toWhoeverMay).as(route.path()).isNotIn(401, 403, 405, 429, 500);
                for (var asker : askers) {
                    var answer = ask(route, path, asker.credential());
                    var expected = expected(route, namespace, asker, toWhoeverMay);
                    assertThat(answer.statusCode())
                            .as(
                                    "%s asks %s %s: %s",
                                    asker.name(), route.method(), path, answer.body())
                            .isEqualTo(expected);
                    asked++;
                }
            }
        }
        assertThat(asked).isGreaterThan(1_000);
    }

    @Test
    void a_namespace_of_others_is_told_from_none_by_nobody() throws Exception {
        for (var route : server.server.routes()) {
            if (!(route.access() instanceof Access.InNamespace)) {
                continue;
            }
            for (var asker : askers) {
                if (asker.principal().roleIn(FOREIGN).isPresent() || asker.credential().isEmpty()) {
                    continue;
                }
                var foreign = ask(route, path(route, FOREIGN), asker.credential()).body();
                var absent = ask(route, path(route, ABSENT), asker.credential()).body();
                assertThat(foreign.replace("foreign", "absent"))
                        .as("%s asks %s", asker.name(), route.path())
                        .isEqualTo(absent);
            }
        }
    }

    @Test
    void whoever_lacks_a_permission_is_told_which() throws Exception {
        var nobody =
                askers.stream()
                        .filter(each -> each.name().equals("anon"))
                        .findFirst()
                        .orElseThrow();
        for (var route : server.server.routes()) {
            if (route.access() instanceof Access.InNamespace(var act)) {
                var answer = ask(route, path(route, OWN), nobody.credential());
                var problem =
                        Json.answer(answer.body().getBytes(StandardCharsets.UTF_8), Problem.class);
                assertThat(problem.detail()).as(route.path()).contains(act.word());
            }
        }
    }

    private static int expected(Route route, Namespace namespace, Asker asker, int toWhoeverMay) {
        if (route.open()) {
            return toWhoeverMay;
        }
        if (asker.credential().isEmpty()) {
            return 401;
        }
        return switch (route.access()) {
            case Access.Anyone _, Access.Known _ -> toWhoeverMay;
            case Access.Everywhere(var act) ->
                    asker.principal().mayEverywhere(Permission.to(act)) ? toWhoeverMay : 403;
            case Access.InNamespace(var act) -> {
                if (asker.principal().roleIn(namespace).isEmpty()) {
                    yield 404;
                }
                yield asker.principal().may(Permission.to(act), namespace) ? toWhoeverMay : 403;
            }
        };
    }

    private static List<Asker> askers() throws Exception {
        var askers = new ArrayList<Asker>();
        askers.add(new Asker("nobody", Optional.empty(), Principal.ANON));
        askers.add(
                new Asker(
                        "administrator",
                        Optional.of(server.secret),
                        Principal.service(Principal.ANON.id())));
        askers.add(
                member(
                        "stranger",
                        FOREIGN,
                        Role.ADMIN,
                        "{\"name\":\"stranger\",\"role\":\"admin\"}"));
        for (var role : List.of(Role.ANON, Role.AUTHENTICATED, Role.ADMIN)) {
            askers.add(
                    member(
                            role.name(),
                            OWN,
                            role,
                            "{\"name\":\"x\",\"role\":\"%s\"}".formatted(role.name())));
        }
        for (var act : Permission.Act.values()) {
            var only = new Role("only", Set.of(Permission.to(act)), Role.Sight.ALL);
            askers.add(
                    member(
                            "only " + act.word(),
                            OWN,
                            only,
                            "{\"name\":\"x\",\"permissions\":[\"%s\"]}".formatted(act.word())));
        }
        return askers;
    }

    private static Asker member(String name, Namespace namespace, Role role, String body)
            throws Exception {
        var answer = server.post("/v1/namespaces/%s/keys".formatted(namespace), body);
        var key = read(answer, 201, KeyView.class);
        return new Asker(
                name,
                Optional.ofNullable(key.key()),
                new Principal(
                        new PrincipalId("key:" + key.id()),
                        null,
                        null,
                        List.of(new Membership(namespace, role))));
    }

    private static List<Namespace> namespaces(Route route) {
        return route.path().contains("{ns}") ? List.of(OWN, FOREIGN, ABSENT) : List.of(OWN);
    }

    /** With names of things that are not there, so that nothing changes between the askers. */
    private static String path(Route route, Namespace namespace) {
        var names = new LinkedHashMap<String, String>();
        names.put("{ns}", namespace.value());
        names.put("{id}", new UUID(7, 7).toString());
        names.put("{principal}", "external:nowhere:nobody");
        var path = route.path();
        for (Map.Entry<String, String> name : names.entrySet()) {
            path = path.replace(name.getKey(), name.getValue());
        }
        return path.replaceAll("\\{\\w+}", "nothing");
    }

    private static HttpResponse<String> ask(Route route, String path, Optional<String> credential)
            throws Exception {
        HttpRequest.Builder request =
                credential
                        .map(known -> server.request(path, known))
                        .orElseGet(() -> server.anonymous(path));
        return server.send(request.method(route.method().name(), BodyPublishers.noBody()));
    }
}
