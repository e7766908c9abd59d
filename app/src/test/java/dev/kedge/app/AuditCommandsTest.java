package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.AuditEntryView;
import dev.kedge.api.AuditPage;
import dev.kedge.api.TriggerView;
import dev.kedge.cli.ExitCode;
import dev.kedge.embedded.TestPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kedge audit}, against a whole server and a superuser who tampers with its database. */
class AuditCommandsTest {

    private static final Database.External DATABASE =
            new Database.External(
                    TestPostgres.freshDatabase(),
                    TestPostgres.shared().user(),
                    TestPostgres.shared().password());

    @TempDir private static Path folder;
    private static Assembly assembly;
    private static Console kedge;

    @BeforeAll
    static void start() {
        assembly = Servers.start(folder, DATABASE);
        kedge = Console.of(assembly, assembly.newKey().orElseThrow());
    }

    @AfterAll
    static void stop() {
        assembly.close();
    }

    @Test
    void every_act_that_administers_something_is_listed_with_who_did_it() {
        in("acts", "functions", "deploy", "../examples/hello/jobs/hello.ts");
        in("acts", "jobs", "define", "hello", "--max-attempts", "2");
        in("acts", "jobs", "pause", "hello");
        in("acts", "jobs", "resume", "hello");
        in("acts", "functions", "promote", "hello", "1");
        var trigger =
                kedge.run("triggers", "create", "hello", "--topic", "t", "-n", "acts", "--json")
                        .as(TriggerView.class)
                        .id();
        in("acts", "triggers", "disable", "hello", trigger);
        in("acts", "triggers", "delete", "hello", trigger);

        var acts = entries("acts");

        assertThat(acts)
                .extracting(AuditEntryView::act)
                .containsSubsequence(
                        "function.deploy",
                        "function.upload",
                        "job.define",
                        "job.pause",
                        "job.resume",
                        "function.promote",
                        "function.choose",
                        "trigger.create",
                        "trigger.disable",
                        "trigger.remove");
        assertThat(acts).extracting(AuditEntryView::principal).doesNotContain("anon");
        assertThat(kedge.run("audit", "list", "-n", "acts", "--act", "job.pause").out())
                .contains("job.pause", "hello");
        assertThat(verify("acts").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void a_chain_that_nobody_touched_is_whole() {
        define("calm", 3);

        var verified = verify("calm");

        assertThat(verified.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(verified.out()).startsWith("whole 3 entries follow each other");
        assertThat(kedge.run("audit", "verify", "--installation").exitCode()).isZero();
    }

    @Test
    void a_chain_of_more_than_one_page_is_walked_to_its_end() throws SQLException {
        define("long", 1);
        tamper(
                "select kedge.audit_append('long', 'user:ada', 'job.pause', 'a', '{ \"n\":  1.0 }')"
                        + " from generate_series(1, 1200)");

        assertThat(verify("long").out()).startsWith("whole 1201 entries");
    }

    @Test
    void an_entry_that_was_changed_is_found() throws SQLException {
        define("changed", 4);
        tamper("update kedge.audit set subject = 'x' where namespace = 'changed' and no = 2");

        var verified = verify("changed");

        assertThat(verified.exitCode()).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(verified.out()).contains("broken entry 2");
    }

    @Test
    void an_entry_that_was_removed_is_found() throws SQLException {
        define("removed", 4);
        tamper("delete from kedge.audit where namespace = 'removed' and no = 2");

        assertThat(verify("removed").out()).contains("broken entry 2: missing");
    }

    @Test
    void a_tail_that_was_cut_with_its_head_is_found_by_the_heads_of_the_server() throws Exception {
        define("cut", 4);
        // The server exports within a minute; a copy of its head over HTTP does just as well.
        var heads = folder.resolve("heads.jsonl");
        Files.writeString(heads, head("cut"));
        tamper("delete from kedge.audit where namespace = 'cut' and no > 2");
        tamper(
                "update kedge.audit_head as h set no = 2, hash = (select hash from kedge.audit as a"
                        + " where a.namespace = h.namespace and a.no = 2) where namespace = 'cut'");

        assertThat(verify("cut").exitCode()).as("without them it is not seen").isZero();
        var verified = verify("cut", "--heads", heads.toString());
        assertThat(verified.exitCode()).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(verified.out()).contains("broken entry 4");
    }

    @Test
    void a_head_counts_only_with_the_signature_of_the_key_it_names() throws Exception {
        define("signed", 2);
        var heads = folder.resolve("forged.jsonl");
        var head = head("signed");
        Files.writeString(heads, head.replace("\"no\":2", "\"no\":1"));

        assertThat(verify("signed", "--heads", heads.toString()).exitCode())
                .isEqualTo(ExitCode.REFUSED);

        Files.writeString(heads, head);
        assertThat(verify("signed", "--heads", heads.toString()).out())
                .contains("fit the 1 heads that were kept");
        assertThat(verify("signed", "--heads", heads.toString(), "--key", "MCow").out())
                .startsWith("whole 2 entries follow each other\n");
    }

    private static void define(String namespace, int jobs) {
        for (var job = 0; job < jobs; job++) {
            in(namespace, "jobs", "define", "job-" + job, "--function", "none");
        }
    }

    private static void in(String namespace, String... command) {
        var line = new ArrayList<>(List.of(command));
        line.addAll(List.of("--namespace", namespace));
        var ended = kedge.run(line.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
    }

    private static Console.Ended verify(String namespace, String... more) {
        var line = new ArrayList<>(List.of("audit", "verify", "--namespace", namespace));
        line.addAll(List.of(more));
        return kedge.run(line.toArray(String[]::new));
    }

    private static List<AuditEntryView> entries(String namespace) {
        return kedge.run("audit", "list", "--namespace", namespace, "--json")
                .as(AuditPage.class)
                .items()
                .reversed();
    }

    private static String head(String namespace) throws Exception {
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        assembly.url()
                                                + "/v1/namespaces/"
                                                + namespace
                                                + "/audit/head"))
                        .header("Authorization", "Bearer " + assembly.newKey().orElseThrow())
                        .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    /** By a superuser who has switched the triggers off. */
    private static void tamper(String statement) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                DATABASE.jdbcUrl(), DATABASE.user(), DATABASE.password());
                var change = connection.createStatement()) {
            change.execute("set session_replication_role = replica; " + statement);
        }
    }
}
