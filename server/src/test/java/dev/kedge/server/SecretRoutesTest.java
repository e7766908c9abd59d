package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Json;
import dev.kedge.api.KeyRotationView;
import dev.kedge.api.SecretBody;
import dev.kedge.api.SecretPage;
import dev.kedge.api.SecretView;
import dev.kedge.model.Namespace;
import dev.kedge.model.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretRoutesTest {

    private static final String CANARY = "canary-5d1e";
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String body(String value) {
        return new String(Json.write(new SecretBody(value)), StandardCharsets.UTF_8);
    }

    @Test
    void no_answer_and_no_audit_entry_holds_a_value() throws Exception {
        for (var place :
                new String[] {NS + "/secrets/a", NS + "/secrets/a?user=u", "/v1/secrets/a"}) {
            var list = place.replace("/a", "");
            var answers = new ArrayList<String>();
            answers.add(server.put(place, body(CANARY)).body());
            answers.add(server.put(place, body(CANARY)).body());
            answers.add(server.get(list).body());
            answers.add(server.get(place).body());
            answers.add(server.delete(place).body());

            assertThat(answers).noneMatch(answer -> answer.contains(CANARY));
            assertThat(
                            Json.answer(
                                            answers.get(1).getBytes(StandardCharsets.UTF_8),
                                            SecretView.class)
                                    .version())
                    .isEqualTo(2);
            assertThat(answers.get(2)).contains("\"name\":\"a\"");
            problem(server.delete(place), 404, "not_found");
        }
        var noted = new ArrayList<>(server.engine.audit(Namespace.DEFAULT).walk(0, 100));
        noted.addAll(server.engine.auditOfInstallation().walk(0, 100));
        assertThat(noted)
                .extracting(entry -> entry.note().act())
                .contains("secret.set", "secret.remove")
                .hasSizeGreaterThanOrEqualTo(9);
        assertThat(noted.toString()).doesNotContain(CANARY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /secrets/ok        | {}                      | /value
                    /secrets/ok        | {"value":""}            | /value
                    /secrets/ok        | {"value":null}          | /value
                    /secrets/ok        | {"value":7}             | /value
                    /secrets/ok        | {"value":"x","ttl":1}   | /ttl
                    /secrets/no%20name | {"value":"x"}           | {secret}
                    /secrets/ok?user=  | {"value":"x"}           | ?user
                    """)
    void what_makes_no_sense_is_refused_where_it_stands(String path, String body, String pointer)
            throws Exception {
        var problem = problem(server.put(NS + path, body), 400, "invalid");

        assertThat(String.valueOf(problem.errors())).contains(pointer);
    }

    @Test
    void a_value_may_be_as_large_as_it_may_be_and_no_larger() throws Exception {
        read(
                server.put(NS + "/secrets/large", body("\u0001".repeat(SecretValue.BYTES_MAX))),
                200,
                SecretView.class);
        problem(
                server.put(NS + "/secrets/large", body("x".repeat(SecretValue.BYTES_MAX + 1))),
                413,
                "too_large");
        server.delete(NS + "/secrets/large");
    }

    @Test
    void a_list_comes_in_pages() throws Exception {
        for (var i = 0; i < 5; i++) {
            server.put("/v1/namespaces/paged/secrets/s" + i, body("x"));
        }
        var names = new ArrayList<String>();
        var query = "?limit=2";
        for (var page = 0; page < 3; page++) {
            var found =
                    read(server.get("/v1/namespaces/paged/secrets" + query), 200, SecretPage.class);
            found.items().forEach(secret -> names.add(secret.name()));
            query = "?limit=2&cursor=" + found.nextCursor();
        }
        assertThat(names).containsExactly("s0", "s1", "s2", "s3", "s4");
    }

    @Test
    void keys_that_an_operator_looks_after_are_not_made_here() throws Exception {
        server.put(NS + "/secrets/kept", body("x"));

        var rotated =
                read(
                        server.post("/v1/secret-keys/rotate", "{\"dataKeys\":true}"),
                        200,
                        KeyRotationView.class);

        assertThat(rotated.rewrapped()).isZero();
        assertThat(rotated.resealed()).isPositive();
    }
}
