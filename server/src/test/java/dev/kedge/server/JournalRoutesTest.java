package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.EntryView;
import dev.kedge.api.RawJson;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.api.StateView;
import dev.kedge.api.StepPage;
import dev.kedge.api.WaitView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JournalRoutesTest {

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
    void what_a_run_has_done_and_waits_for_is_shown_while_it_sleeps() throws Exception {
        var run = server.asleep(server.submit("order", "{\"payload\":1}").id());

        var page = read(server.get(NS + "/runs/" + run.id() + "/steps"), 200, StepPage.class);

        assertThat(page.nextCursor()).isNull();
        var step = page.items().getFirst();
        assertThat(page.items()).hasSize(1);
        assertThat(step.path()).isEqualTo("charge");
        assertThat(step.kind()).isEqualTo("step");
        assertThat(step.position()).isEqualTo(1);
        assertThat(step.attempt()).isEqualTo(1);
        assertThat(step.tries()).isEqualTo(1);
        assertThat(step.output()).hasToString("\"charged\"");
        assertThat(step.failure()).isNull();
        assertThat(step.endedAt()).isAfterOrEqualTo(step.startedAt());
        assertThat(page.waits())
                .containsExactly(
                        new WaitView(
                                "wait order.shipped", "wait", false, null, "order.shipped", null));
    }

    @Test
    void the_state_of_a_run_is_shown_by_key() throws Exception {
        var run = server.asleep(server.submit("order", "{}").id());

        var state = read(server.get(NS + "/runs/" + run.id() + "/state"), 200, StateView.class);

        assertThat(state.items())
                .singleElement()
                .satisfies(item -> {
                    assertThat(item.key()).isEqualTo("stage");
                    assertThat(item.value()).hasToString("\"charged\"");
                    assertThat(item.updatedAt()).isAfterOrEqualTo(run.createdAt());
                });
        var plain = server.ended(server.submit("echo", "{}").id());
        assertThat(
                        read(
                                        server.get(NS + "/runs/" + plain.id() + "/state"),
                                        200,
                                        StateView.class)
                                .items())
                .isEmpty();
    }

    @Test
    void steps_are_paged_without_loss_or_doubles_and_waits_stand_on_the_first_page()
            throws Exception {
        var run = server.ended(server.submit("many", "{\"payload\":25}").id());

        var seen = new ArrayList<String>();
        var pages = 0;
        for (String cursor = ""; cursor != null; pages++) {
            var page =
                    read(
                            server.get(NS + "/runs/" + run.id() + "/steps?limit=10" + cursor),
                            200,
                            StepPage.class);
            page.items().stream().map(EntryView::path).forEach(seen::add);
            assertThat(page.waits() == null).isEqualTo(pages > 0);
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
        }

        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(25).doesNotHaveDuplicates().startsWith("näh \u2028[0]");
    }

    @Test
    void a_page_of_large_outputs_ends_early_and_says_where_to_go_on() throws Exception {
        var run = server.ended(server.submit("large", "{\"payload\":6}").id());

        var sizes = new ArrayList<Integer>();
        for (String cursor = ""; cursor != null; ) {
            var page =
                    read(
                            server.get(NS + "/runs/" + run.id() + "/steps?limit=500" + cursor),
                            200,
                            StepPage.class);
            sizes.add(page.items().size());
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
        }

        assertThat(sizes).isEqualTo(List.of(4, 2));
    }

    @Test
    void a_child_names_its_parent() throws Exception {
        var parent = server.ended(server.submit("family", "{}").id());

        assertThat(parent.result()).isEqualTo(RawJson.of("\"child\"".getBytes(UTF_8)));
        var children = read(server.get(NS + "/runs?job=echo"), 200, RunPage.class).items();
        assertThat(children).extracting(RunView::parent).contains(parent.id());
        assertThat(parent.parent()).isNull();
    }

    @Test
    void only_runs_of_the_namespace_have_a_journal_there() throws Exception {
        var run = server.ended(server.submit("echo", "{}").id());

        for (var part : List.of("/steps", "/state")) {
            problem(server.get("/v1/namespaces/other/runs/" + run.id() + part), 404, "not_found");
        }
    }
}
