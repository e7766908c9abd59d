package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.EventPage;
import dev.kedge.api.EventView;
import dev.kedge.api.Problem;
import dev.kedge.api.PublishedView;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EventRoutesTest {

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static final Duration SOON = Duration.ofSeconds(40);

    @Test
    void an_event_starts_one_run_for_each_trigger_that_it_matches() throws Exception {
        var big =
                trigger(
                        "echo",
                        "{\"kind\":\"event\",\"topic\":\"sold\",\"match\":{\"big\": true}}");
        trigger("echo", "{\"kind\":\"event\",\"topic\":\"Sold\"}");
        trigger("held", "{\"kind\":\"event\",\"topic\":\"sold\",\"match\":{\"big\":false}}");

        var id = publish("{\"topic\":\"sold\",\"payload\":{\"n\": 1.0, \"big\":true}}");
        var event = consumed("sold", id);

        assertThat(event.started()).hasSize(1);
        var run = server.ended(event.started().getFirst());
        assertThat(run.job()).isEqualTo("echo");
        assertThat(run.payload()).hasToString("{\"n\": 1.0, \"big\":true}");
        assertThat(run.trigger()).isEqualTo(big.id());
        assertThat(run.event()).isEqualTo(id);
        assertThat(event.emittedBy()).isNull();
        assertThat(triggers("echo"))
                .filteredOn(trigger -> trigger.id().equals(big.id()))
                .singleElement()
                .satisfies(trigger -> {
                    assertThat(trigger.match()).hasToString("{\"big\": true}");
                    assertThat(trigger.lastTriggeredAt()).isNotNull();
                });
    }

    @Test
    void a_run_that_waits_for_an_event_gets_it_and_goes_on() throws Exception {
        var run = server.asleep(server.submit("order", "{\"payload\":3}").id());

        publish("{\"topic\":\"order.shipped\",\"payload\":{\"order\":8}}");
        var id = publish("{\"topic\":\"order.shipped\",\"payload\":{\"order\":7}}");

        assertThat(server.ended(run.id()).state()).isEqualTo("completed");
        assertThat(consumed("order.shipped", id).started()).isEmpty();
        assertThat(events("?topic=order.shipped&consumed=false"))
                .extracting(event -> event.payload().text())
                .containsExactly("{\"order\":8}");
    }

    @Test
    void events_are_paged_newest_first_without_loss_or_doubles() throws Exception {
        var ids = new ArrayList<String>();
        for (var i = 0; i < 25; i++) {
            ids.addFirst(publish("{\"topic\":\"paged\"}"));
        }

        var seen = new ArrayList<String>();
        for (String cursor = ""; cursor != null; ) {
            var page =
                    read(
                            server.get(NS + "/events?topic=paged&limit=10" + cursor),
                            200,
                            EventPage.class);
            page.items().forEach(event -> seen.add(event.id()));
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
            publish("{\"topic\":\"paged\"}");
        }

        assertThat(seen).containsExactlyElementsOf(ids);
        assertThat(events("?topic=paged&consumed=true")).isEmpty();
        assertThat(read(server.get("/v1/namespaces/other/events"), 200, EventPage.class).items())
                .isEmpty();
    }

    @Test
    void a_page_of_large_payloads_ends_early_and_says_where_to_go_on() throws Exception {
        var payload = "x".repeat((1 << 20) - 2);
        for (var i = 0; i < 5; i++) {
            publish("{\"topic\":\"large\",\"payload\":\"" + payload + "\"}");
        }

        var page = read(server.get(NS + "/events?topic=large&limit=500"), 200, EventPage.class);
        var rest =
                read(
                        server.get(NS + "/events?topic=large&cursor=" + page.nextCursor()),
                        200,
                        EventPage.class);

        assertThat(page.items()).hasSize(4);
        assertThat(rest.items()).hasSize(1);
        assertThat(rest.nextCursor()).isNull();
        problem(
                server.post(
                        NS + "/events", "{\"topic\":\"large\",\"payload\":\"" + payload + "x\"}"),
                413,
                "too_large");
    }

    @Test
    void a_trigger_is_listed_held_and_removed() throws Exception {
        var made = trigger("broken", "{\"kind\":\"event\",\"topic\":\"t1\",\"match\":null}");
        var path = NS + "/jobs/broken/triggers/" + made.id();

        assertThat(made.match()).isNull();
        assertThat(made.enabled()).isTrue();
        assertThat(triggers("broken")).containsExactly(made);
        var held = read(server.patch(path, "{\"enabled\":false}"), 200, TriggerView.class);
        assertThat(held.enabled()).isFalse();
        assertThat(server.delete(path).statusCode()).isEqualTo(204);
        problem(server.delete(path), 404, "not_found");
        problem(server.patch(path, "{\"enabled\":true}"), 404, "not_found");
        assertThat(triggers("broken")).isEmpty();
    }

    @Test
    void a_trigger_that_is_disabled_starts_nothing() throws Exception {
        var held = trigger("held", "{\"kind\":\"event\",\"topic\":\"t2\"}");
        var live = trigger("echo", "{\"kind\":\"event\",\"topic\":\"t2\"}");
        server.patch(NS + "/jobs/held/triggers/" + held.id(), "{\"enabled\":false}");

        var event = consumed("t2", publish("{\"topic\":\"t2\"}"));

        var runs = read(server.get(NS + "/runs?job=held"), 200, RunPage.class).items();
        assertThat(runs).extracting(RunView::trigger).doesNotContain(held.id());
        assertThat(server.ended(event.started().getFirst()).trigger()).isEqualTo(live.id());
    }

    @Test
    void triggers_belong_to_a_job_of_the_namespace() throws Exception {
        var made = trigger("echo", "{\"kind\":\"event\",\"topic\":\"t3\"}");

        problem(server.get(NS + "/jobs/nowhere/triggers"), 404, "not_found");
        problem(
                server.post(NS + "/jobs/nowhere/triggers", "{\"kind\":\"event\",\"topic\":\"t\"}"),
                404,
                "not_found");
        problem(server.delete(NS + "/jobs/held/triggers/" + made.id()), 404, "not_found");
        problem(
                server.delete("/v1/namespaces/other/jobs/echo/triggers/" + made.id()),
                404,
                "not_found");
    }

    @Test
    void a_match_is_taken_to_the_limit_and_no_further() throws Exception {
        var body = "{\"kind\":\"event\",\"topic\":\"t4\",\"match\":\"%s\"}";

        trigger("many", body.formatted("x".repeat((16 << 10) - 2)));
        var refusal =
                problem(
                        server.post(
                                NS + "/jobs/many/triggers",
                                body.formatted("x".repeat((16 << 10) - 1))),
                        413,
                        "too_large");
        assertThat(refusal.errors()).extracting(Problem.At::pointer).containsExactly("/match");
    }

    @Test
    void a_match_that_could_not_be_kept_is_refused_and_not_taken_for_any_payload()
            throws Exception {
        var refusal =
                problem(
                        server.post(
                                NS + "/jobs/large/triggers",
                                "{\"kind\":\"event\",\"topic\":\"t5\",\"match\":{\"a\":1e-99999}}"),
                        400,
                        "invalid");

        assertThat(refusal.errors()).extracting(Problem.At::pointer).containsExactly("/match");
        assertThat(triggers("large")).isEmpty();
    }

    @Test
    void a_job_has_so_many_triggers_and_no_more() throws Exception {
        var body = "{\"kind\":\"event\",\"topic\":\"never\"}";
        for (var i = 0; i < 100; i++) {
            trigger("chatter", body);
        }

        assertThat(
                        problem(server.post(NS + "/jobs/chatter/triggers", body), 400, "invalid")
                                .detail())
                .contains("at most 100");
    }

    private static String publish(String body) throws Exception {
        return read(server.post(NS + "/events", body), 201, PublishedView.class).id();
    }

    private static TriggerView trigger(String job, String body) throws Exception {
        return read(server.post(NS + "/jobs/" + job + "/triggers", body), 201, TriggerView.class);
    }

    private static List<TriggerView> triggers(String job) throws Exception {
        return read(server.get(NS + "/jobs/" + job + "/triggers"), 200, TriggersView.class).items();
    }

    private static List<EventView> events(String query) throws Exception {
        return read(server.get(NS + "/events" + query), 200, EventPage.class).items();
    }

    /** The event once it has reached somebody. */
    private static EventView consumed(String topic, String id) {
        return await().atMost(SOON)
                .until(
                        () ->
                                events("?consumed=true&topic=" + topic).stream()
                                        .filter(event -> event.id().equals(id))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }
}
