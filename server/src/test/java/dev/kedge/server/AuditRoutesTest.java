package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.AuditEntryView;
import dev.kedge.api.AuditHeadView;
import dev.kedge.api.AuditPage;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditRoutesTest {

    private static final String CHAIN = "/v1/namespaces/audited/audit";
    private static final PrincipalId ADA = new PrincipalId("user:ada");

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
        var audit = server.engine.audit(new Namespace("audited"));
        audit.record(ADA, "job.pause", "send-mail", Map.of());
        audit.record(ADA, "secret.set", "smtp", Map.of("version", 3));
        audit.record(new PrincipalId("key:7"), "job.pause", "other", Map.of());
        server.engine.auditOfInstallation().record(ADA, "user.create", "user:bob", Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void entries_are_listed_newest_first_page_by_page() throws Exception {
        var first = list(CHAIN + "?limit=2");
        var second = list(CHAIN + "?limit=2&cursor=" + first.nextCursor());

        assertThat(first.items()).extracting(AuditEntryView::no).containsExactly(3L, 2L);
        assertThat(second.items()).extracting(AuditEntryView::no).containsExactly(1L);
        assertThat(second.nextCursor()).isNull();
        var secret = first.items().get(1);
        assertThat(secret.principal()).isEqualTo("user:ada");
        assertThat(secret.act()).isEqualTo("secret.set");
        assertThat(secret.subject()).isEqualTo("smtp");
        assertThat(secret.details().text()).isEqualTo("{\"version\":3}");
    }

    @Test
    void entries_are_found_by_who_and_what() throws Exception {
        assertThat(list(CHAIN + "?principal=user:ada&act=job.pause").items())
                .extracting(AuditEntryView::subject)
                .containsExactly("send-mail");
    }

    @Test
    void a_chain_is_walked_in_its_order() throws Exception {
        assertThat(list(CHAIN + "?after=0").items())
                .extracting(AuditEntryView::no)
                .containsExactly(1L, 2L, 3L);
        assertThat(list(CHAIN + "?after=2").items())
                .extracting(AuditEntryView::no)
                .containsExactly(3L);
    }

    @Test
    void the_head_is_that_of_the_last_entry() throws Exception {
        var head = read(server.get(CHAIN + "/head"), 200, AuditHeadView.class);

        assertThat(head.no()).isEqualTo(3);
        assertThat(head.hash()).isEqualTo(list(CHAIN + "?limit=1").items().getFirst().hash());
    }

    @Test
    void a_namespace_in_which_nothing_was_done_has_a_head_all_the_same() throws Exception {
        var head = read(server.get("/v1/namespaces/quiet/audit/head"), 200, AuditHeadView.class);

        assertThat(head.no()).isZero();
        assertThat(list("/v1/namespaces/quiet/audit").items()).isEmpty();
    }

    @Test
    void what_belongs_to_no_namespace_has_a_chain_of_its_own() throws Exception {
        assertThat(list("/v1/audit").items())
                .extracting(AuditEntryView::act)
                .containsExactly("user.create");
        var head = read(server.get("/v1/audit/head"), 200, AuditHeadView.class);
        assertThat(head.namespace()).isNull();
        assertThat(head.no()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "?after=-1, ?after",
        "?after=x, ?after",
        "?after=99999999999999999999, ?after",
        "?cursor=x, ?cursor",
        "?after=1&cursor=1, ?cursor",
        "?after=1&act=job.pause, ?act",
        "?limit=0, ?limit",
        "?limit=501, ?limit",
        "?principal=, ?principal",
        "?order=up, ?order"
    })
    void a_question_that_makes_no_sense_is_refused(String query, String pointer) throws Exception {
        var problem = problem(server.get(CHAIN + query), 400, "invalid");

        assertThat(problem.errors()).extracting(at -> at.pointer()).containsExactly(pointer);
    }

    @Test
    void nothing_can_be_written_or_removed_from_outside() throws Exception {
        problem(server.post(CHAIN, "{}"), 405, "method_not_allowed");
        problem(server.delete(CHAIN), 405, "method_not_allowed");
        problem(server.get(NS + "/audit/1"), 404, "not_found");
    }

    private static AuditPage list(String path) throws Exception {
        return read(server.get(path), 200, AuditPage.class);
    }
}
