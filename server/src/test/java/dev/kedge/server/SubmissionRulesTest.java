package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.BatchView;
import dev.kedge.api.JobView;
import dev.kedge.api.KeyView;
import dev.kedge.api.RunView;
import dev.kedge.model.Namespace;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SubmissionRulesTest {

    private static final String FOR_ADA =
            "{\"onBehalfOf\":{\"principal\":\"external:acme:ada\",\"role\":\"editor\","
                    + "\"email\":\"ada@example.com\"}}";

    private static RunningServer server;
    private static String member;
    private static String admin;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer(ServerConfig.DEFAULT);
        member = key("authenticated");
        admin = key("admin");
        server.put(
                NS + "/jobs/publish",
                "{\"handler\":{\"java\":true},\"requireRoles\":[\"editor\",\"admin\"]}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_job_that_demands_a_role_names_it_to_whoever_lacks_it() throws Exception {
        var shown = read(server.get(NS + "/jobs/publish"), 200, JobView.class);
        assertThat(shown.requireRoles()).containsExactly("editor", "admin");

        var refused =
                problem(
                        server.as(member, "POST", NS + "/jobs/publish/runs", "{}"),
                        403,
                        "forbidden");
        assertThat(refused.detail()).contains("editor or admin", "authenticated");
        assertThat(server.as(admin, "POST", NS + "/jobs/publish/runs", "{}").statusCode())
                .isEqualTo(201);
        assertThat(server.post(NS + "/jobs/publish/runs", "{}").statusCode()).isEqualTo(201);
    }

    @Test
    void it_demands_it_of_each_item_of_a_batch() throws Exception {
        var items = "{\"items\":[{\"job\":\"publish\"},{\"job\":\"whose\"}]}";

        var answer =
                read(server.as(member, "POST", NS + "/runs:batch", items), 200, BatchView.class);

        assertThat(answer.accepted()).isEqualTo(1);
        var refused = Objects.requireNonNull(answer.items().getFirst().problem());
        assertThat(refused.code()).isEqualTo("forbidden");
    }

    @Test
    void a_role_that_is_no_name_is_refused() throws Exception {
        for (var roles : new String[] {"[\"\"]", "[\"Admin!\"]", "\"admin\"", "[null]"}) {
            var body = "{\"handler\":{\"java\":true},\"requireRoles\":%s}".formatted(roles);
            problem(server.put(NS + "/jobs/refused", body), 400, "invalid");
        }
    }

    @Test
    void a_handler_knows_whose_run_it_is() throws Exception {
        var run =
                read(server.as(member, "POST", NS + "/jobs/whose/runs", "{}"), 201, RunView.class);

        var by = Objects.requireNonNull(run.submittedBy());
        assertThat(by.principal()).startsWith("key:");
        assertThat(by.role()).isEqualTo("authenticated");
        assertThat(String.valueOf(server.ended(run.id()).result()))
                .contains(by.principal() + " authenticated");
    }

    @Test
    void a_service_submits_for_others_and_it_is_written_down() throws Exception {
        var run = read(server.post(NS + "/jobs/whose/runs", FOR_ADA), 201, RunView.class);

        assertThat(run.submittedBy())
                .isEqualTo(
                        new RunView.SubmitterView(
                                "external:acme:ada", "editor", "ada@example.com"));
        assertThat(String.valueOf(server.ended(run.id()).result()))
                .contains("external:acme:ada editor");
        assertThat(server.engine.audit(Namespace.DEFAULT).list(null, "run.submit", null, 10))
                .anySatisfy(entry -> assertThat(entry.toString()).contains(run.id()));
        assertThat(server.post(NS + "/jobs/publish/runs", FOR_ADA).statusCode()).isEqualTo(201);
        var nobody = FOR_ADA.replace("editor", "authenticated");
        problem(server.post(NS + "/jobs/publish/runs", nobody), 403, "forbidden");
    }

    @Test
    void nobody_else_submits_for_others() throws Exception {
        for (var credential : new String[] {member, admin}) {
            problem(
                    server.as(credential, "POST", NS + "/jobs/whose/runs", FOR_ADA),
                    403,
                    "forbidden");
        }
    }

    @Test
    void a_member_sees_and_stops_its_own_runs_and_no_others() throws Exception {
        var own = read(server.as(member, "POST", NS + "/jobs/held/runs", "{}"), 201, RunView.class);
        var other =
                read(server.as(admin, "POST", NS + "/jobs/held/runs", "{}"), 201, RunView.class);

        assertThat(server.as(member, "GET", NS + "/runs/" + own.id(), null).statusCode())
                .isEqualTo(200);
        problem(server.as(member, "GET", NS + "/runs/" + other.id(), null), 404, "not_found");
        problem(
                server.as(member, "POST", NS + "/runs/" + other.id() + "/cancel", null),
                404,
                "not_found");
        assertThat(server.as(member, "GET", NS + "/runs", null).body())
                .contains(own.id())
                .doesNotContain(other.id());
        assertThat(server.as(admin, "GET", NS + "/runs", null).body())
                .contains(own.id(), other.id());
        assertThat(
                        server.as(member, "POST", NS + "/runs/" + own.id() + "/cancel", null)
                                .statusCode())
                .isEqualTo(200);
    }

    private static String key(String role) throws Exception {
        var body = "{\"name\":\"%s\",\"role\":\"%s\"}".formatted(role, role);
        return String.valueOf(read(server.post(NS + "/keys", body), 201, KeyView.class).key());
    }
}
