package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.DecisionPage;
import dev.kedge.api.PreviewView;
import dev.kedge.api.Problem;
import dev.kedge.api.TriggerBody.Missed;
import dev.kedge.api.TriggerBody.OnOverlap;
import dev.kedge.api.TriggerView;
import dev.kedge.api.TriggersView;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules over HTTP. */
class ScheduleRoutesTest {

    private static final String TRIGGERS = NS + "/jobs/echo/triggers";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TriggerView made(String body) throws Exception {
        return read(server.post(TRIGGERS, body), 201, TriggerView.class);
    }

    private static DecisionPage decisions(TriggerView trigger, String query) throws Exception {
        return read(
                server.get(TRIGGERS + "/" + trigger.id() + "/decisions" + query),
                200,
                DecisionPage.class);
    }

    @Test
    void a_schedule_starts_runs_says_so_and_ends_when_it_is_removed() throws Exception {
        var made =
                made(
                        "{\"kind\":\"cron\",\"schedule\":\"every 1s\",\"overlap\":\"allow\",\"payload\":{\"n\":1}}");
        assertThat(made.nextAt()).isAfter(Instant.now().minusSeconds(2));

        var found =
                await().atMost(Duration.ofSeconds(40))
                        .until(() -> decisions(made, ""), page -> page.items().size() >= 2);
        var newest = found.items().getFirst();
        var runId = String.valueOf(newest.runId());
        assertThat(newest.verdict()).isEqualTo("started");
        assertThat(newest.words()).startsWith("started run " + runId);
        var run = server.ended(runId);
        assertThat(run.payload()).hasToString("{\"n\":1}");
        assertThat(run.trigger()).isEqualTo(made.id());
        assertThat(run.metadata()).hasToString("{\"scheduledAt\":\"" + newest.slot() + "\"}");

        var first = decisions(made, "?limit=1");
        assertThat(first.items()).hasSize(1);
        assertThat(decisions(made, "?limit=1&cursor=" + first.nextCursor()).items())
                .singleElement()
                .satisfies(
                        next -> assertThat(next.slot()).isBefore(first.items().getFirst().slot()));
        assertThat(server.delete(TRIGGERS + "/" + made.id()).statusCode()).isEqualTo(204);
        problem(server.get(TRIGGERS + "/" + made.id() + "/decisions"), 404, "not_found");
    }

    @Test
    void it_is_shown_with_what_was_left_out() throws Exception {
        var made =
                made(
                        "{\"kind\":\"cron\",\"schedule\":\"30 2 * * MON-FRI\",\"zone\":\"Europe/Berlin\"}");

        assertThat(made.overlap()).isEqualTo(OnOverlap.SKIP);
        assertThat(made.catchUp()).isEqualTo(Missed.LAST);
        assertThat(made.payload()).hasToString("{}");
        assertThat(made.topic()).isNull();
        assertThat(read(server.get(TRIGGERS), 200, TriggersView.class).items()).contains(made);
        var other =
                made(
                        "{\"kind\":\"cron\",\"schedule\":\"@daily\",\"overlap\":\"cancelRunning\",\"catchUp\":\"all\"}");
        assertThat(other.overlap()).isEqualTo(OnOverlap.CANCEL_RUNNING);
        assertThat(other.catchUp()).isEqualTo(Missed.ALL);
        assertThat(server.get(TRIGGERS).body()).contains("\"overlap\":\"cancelRunning\"");
        assertThat(server.delete(TRIGGERS + "/" + other.id()).statusCode()).isEqualTo(204);
    }

    @Test
    void a_definition_may_bring_schedules() throws Exception {
        var handler = "{\"handler\":{\"java\":true}";
        server.put(NS + "/jobs/planned", handler + ",\"schedule\":[{\"cron\":\"0 3 * * *\"}]}");
        var path = NS + "/jobs/planned/triggers";
        var first = read(server.get(path), 200, TriggersView.class).items();
        assertThat(first)
                .singleElement()
                .satisfies(trigger -> assertThat(trigger.declared()).isTrue());

        server.put(NS + "/jobs/planned", handler + "}");
        assertThat(read(server.get(path), 200, TriggersView.class).items()).isEqualTo(first);
        server.put(NS + "/jobs/planned", handler + ",\"schedule\":[]}");
        assertThat(read(server.get(path), 200, TriggersView.class).items()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\":\"cron\"}                                                 | needs it",
                "{\"kind\":\"cron\",\"schedule\":\"61 * * * *\"}                     | at character 1 of",
                "{\"kind\":\"cron\",\"schedule\":\"* * *\"}                          | got 3",
                "{\"kind\":\"cron\",\"schedule\":\"@daily\",\"zone\":\"Mars/Base\"}  | no time zone",
                "{\"kind\":\"cron\",\"schedule\":\"@daily\",\"overlap\":\"maybe\"}   | overlap",
                "{\"kind\":\"cron\",\"schedule\":\"@daily\",\"topic\":\"t\"}         | has none",
                "{\"kind\":\"event\",\"topic\":\"t\",\"schedule\":\"@daily\"}        | has none",
                "{\"kind\":\"event\"}                                                | needs it"
            })
    void what_makes_no_sense_is_refused_by_name(String body, String words) throws Exception {
        var answer = server.post(TRIGGERS, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(words);
        assertThat(read(answer, 400, Problem.class).code()).isIn("invalid", "bad_request");
    }

    @Test
    void a_preview_says_what_both_changes_of_the_clocks_do() throws Exception {
        assertThat(preview("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z"))
                .containsExactly(
                        "Sun 28 Mar 2027 03:00:00, because there is no 02:30 on that day: the clocks go forward",
                        "Mon 29 Mar 2027 02:30:00");
        assertThat(preview("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z"))
                .containsExactly(
                        "Sun 31 Oct 2027 02:30:00, the first of two, because the clocks go back",
                        "Mon 1 Nov 2027 02:30:00");
        assertThat(preview("30 * * * *", "Europe/Berlin", "2027-10-31T00:45:00Z"))
                .first()
                .isEqualTo(
                        "Sun 31 Oct 2027 02:30:00, the second of two, because the clocks go back");
        problem(server.get(NS + "/schedules/preview"), 400, "invalid");
        problem(server.get(NS + "/schedules/preview?schedule=daily"), 400, "invalid");
    }

    private static List<String> preview(String schedule, String zone, String after)
            throws Exception {
        var path =
                NS
                        + "/schedules/preview?limit=2&schedule=%s&zone=%s&after=%s"
                                .formatted(
                                        URLEncoder.encode(schedule, StandardCharsets.UTF_8),
                                        zone,
                                        after);
        return read(server.get(path), 200, PreviewView.class).items().stream()
                .map(PreviewView.SlotView::words)
                .toList();
    }
}
