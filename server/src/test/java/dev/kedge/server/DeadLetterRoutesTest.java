package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.DeadLetterPage;
import dev.kedge.api.DeadLetterView;
import dev.kedge.api.RetriedView;
import dev.kedge.api.RunView;
import dev.kedge.api.StateView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DeadLetterRoutesTest {

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static final String LETTERS = NS + "/dead-letters";

    @Test
    void a_run_that_failed_for_good_leaves_a_letter_with_its_error_and_history() throws Exception {
        server.put(
                NS + "/jobs/stumble",
                "{\"handler\":{\"java\":true},\"retry\":{\"delays\":[\"0s\"],\"maxAttempts\":2}}");
        var run = server.ended(server.submit("stumble", "{\"payload\":\"throw\"}").id());

        var letter = read(server.get(LETTERS + "/" + run.id()), 200, DeadLetterView.class);

        assertThat(letter.run()).isEqualTo(run.id());
        assertThat(letter.job()).isEqualTo("stumble");
        assertThat(letter.poisoned()).isFalse();
        assertThat(letter.attempts()).isEqualTo(2);
        assertThat(letter.payload()).hasToString("\"throw\"");
        assertThat(letter.failure().message()).isEqualTo("thrown");
        assertThat(letter.history())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.number()).isEqualTo(1));
        assertThat(letters("?job=stumble"))
                .filteredOn(listed -> listed.run().equals(run.id()))
                .singleElement()
                .satisfies(listed -> {
                    assertThat(listed.payload()).isNull();
                    assertThat(listed.history()).isNull();
                });
    }

    @Test
    void letters_are_paged_and_narrowed() throws Exception {
        var ids = new ArrayList<String>();
        for (var i = 0; i < 12; i++) {
            ids.addFirst(server.ended(server.submit("broken", "{}").id()).id());
        }

        var seen = new ArrayList<String>();
        for (String cursor = ""; cursor != null; ) {
            var page =
                    read(
                            server.get(LETTERS + "?job=broken&limit=5" + cursor),
                            200,
                            DeadLetterPage.class);
            page.items().forEach(letter -> seen.add(letter.run()));
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
        }

        assertThat(seen).startsWith(ids.toArray(String[]::new)).doesNotHaveDuplicates();
        assertThat(letters("?job=broken&poisoned=false")).hasSize(seen.size());
        assertThat(letters("?poisoned=true")).isEmpty();
        assertThat(letters("?job=echo")).isEmpty();
    }

    @Test
    void a_retry_inherits_what_was_done_unless_it_is_fresh() throws Exception {
        var one = stumbled("{\"payload\":\"fail\"}");
        var two = stumbled("{\"payload\":\"fail\"}");
        var three = stumbled("{\"payload\":\"fail\"}");
        server.mended.set(true);
        var before = server.begun.get();

        var heir = read(server.post(LETTERS + "/" + one + "/retry", ""), 201, RunView.class);
        assertThat(heir.origin()).isEqualTo(one);
        assertThat(server.ended(heir.id()).state()).isEqualTo("completed");
        assertThat(server.begun).hasValue(before);

        var fresh = "{\"fresh\":true}";
        var anew = read(server.post(LETTERS + "/" + two + "/retry", fresh), 201, RunView.class);
        assertThat(server.ended(anew.id()).state()).isEqualTo("completed");
        assertThat(server.begun).hasValue(before + 1);

        var run = read(server.post(NS + "/runs/" + three + "/retry", fresh), 201, RunView.class);
        assertThat(server.ended(run.id()).state()).isEqualTo("completed");
        assertThat(server.begun).hasValue(before + 2);

        for (var gone : List.of(one, two, three)) {
            problem(server.get(LETTERS + "/" + gone), 404, "not_found");
            problem(server.post(LETTERS + "/" + gone + "/retry", ""), 404, "not_found");
        }
        server.mended.set(false);
    }

    @Test
    void state_is_inherited_as_well() throws Exception {
        var failed = stumbled("{\"payload\":\"fail\"}");

        var heir =
                server.ended(
                        read(
                                        server.post(NS + "/runs/" + failed + "/retry", "{}"),
                                        201,
                                        RunView.class)
                                .id());

        assertThat(
                        read(server.get(NS + "/runs/" + heir.id() + "/state"), 200, StateView.class)
                                .items())
                .extracting(StateView.Item::key)
                .containsExactly("seen");
    }

    @Test
    void many_are_retried_each_for_itself() throws Exception {
        var one = server.ended(server.submit("broken", "{\"key\":\"k1\"}").id()).id();
        var two = server.ended(server.submit("broken", "{\"key\":\"k2\"}").id()).id();
        server.post(NS + "/jobs/broken/pause", "");
        try {
            // Somebody else is active under the first one's key.
            var taken = server.submit("broken", "{\"key\":\"k1\"}");

            var answer =
                    read(
                            server.post(LETTERS + ":retry", "{\"job\":\"broken\",\"limit\":2}"),
                            200,
                            RetriedView.class);

            assertThat(answer.retried()).isEqualTo(1);
            assertThat(answer.refused()).isEqualTo(1);
            assertThat(answer.items())
                    .extracting(RetriedView.Item::letter)
                    .containsExactly(two, one);
            assertThat(answer.items().getFirst().run()).isNotNull();
            assertThat(answer.items().getLast().problem())
                    .satisfies(problem -> {
                        assertThat(String.valueOf(problem)).contains("key_taken", taken.id());
                    });
            assertThat(letters("?job=broken"))
                    .extracting(DeadLetterView::run)
                    .contains(one)
                    .doesNotContain(two);
        } finally {
            server.post(NS + "/jobs/broken/resume", "");
        }
    }

    @Test
    void many_are_retried_page_by_page() throws Exception {
        for (var i = 0; i < 5; i++) {
            stumbled("{\"payload\":\"fail\",\"queue\":\"slow\"}");
        }
        var all = letters("?job=stumble&limit=500").size();

        var retried = 0;
        for (String cursor = ""; cursor != null; ) {
            var answer =
                    read(
                            server.post(
                                    LETTERS + ":retry",
                                    "{\"job\":\"stumble\",\"poisoned\":false,\"limit\":2%s}"
                                            .formatted(cursor)),
                            200,
                            RetriedView.class);
            assertThat(answer.items()).hasSizeLessThanOrEqualTo(2);
            retried += answer.retried();
            cursor =
                    answer.nextCursor() == null
                            ? null
                            : ",\"cursor\":\"" + answer.nextCursor() + "\"";
        }

        assertThat(retried).isEqualTo(all).isGreaterThanOrEqualTo(5);
    }

    @Test
    void a_letter_that_is_dropped_is_gone_and_its_run_is_not() throws Exception {
        var run = server.ended(server.submit("broken", "{}").id());

        assertThat(server.delete(LETTERS + "/" + run.id()).statusCode()).isEqualTo(204);

        problem(server.delete(LETTERS + "/" + run.id()), 404, "not_found");
        problem(server.get(LETTERS + "/" + run.id()), 404, "not_found");
        assertThat(read(server.get(NS + "/runs/" + run.id()), 200, RunView.class).state())
                .isEqualTo("failed");
    }

    @Test
    void letters_belong_to_their_namespace_and_completed_runs_have_none() throws Exception {
        var failed = server.ended(server.submit("broken", "{}").id());
        var done = server.ended(server.submit("echo", "{}").id());
        var other = "/v1/namespaces/other/dead-letters";

        problem(server.get(other + "/" + failed.id()), 404, "not_found");
        problem(server.post(other + "/" + failed.id() + "/retry", ""), 404, "not_found");
        problem(server.delete(other + "/" + failed.id()), 404, "not_found");
        problem(server.get(LETTERS + "/" + done.id()), 404, "not_found");
        problem(server.post(LETTERS + "/" + done.id() + "/retry", ""), 404, "not_found");
    }

    private static String stumbled(String body) throws Exception {
        var ended = server.ended(server.submit("stumble", body).id());
        assertThat(ended.state()).isEqualTo("failed");
        return ended.id();
    }

    private static List<DeadLetterView> letters(String query) throws Exception {
        return read(server.get(LETTERS + query), 200, DeadLetterPage.class).items();
    }
}
