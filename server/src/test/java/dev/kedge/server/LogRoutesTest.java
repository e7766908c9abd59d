package dev.kedge.server;

import static dev.kedge.server.RunningServer.NS;
import static dev.kedge.server.RunningServer.TALK_LINES;
import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.LogLineView;
import dev.kedge.api.LogPage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LogRoutesTest {

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerConfig.DEFAULT.withWaitingMax(2));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_log_is_read_page_by_page() throws Exception {
        var path = NS + "/runs/" + talked() + "/logs";

        var messages = new ArrayList<String>();
        var first = read(server.get(path), 200, LogPage.class);
        for (String cursor = ""; cursor != null; ) {
            var page = read(server.get(path + "?limit=300" + cursor), 200, LogPage.class);
            page.items().forEach(line -> messages.add(line.message()));
            cursor = page.nextCursor() == null ? null : "&cursor=" + page.nextCursor();
        }

        assertThat(first.items()).hasSize(200);
        assertThat(first.items().getFirst())
                .extracting(LogLineView::level, LogLineView::attempt)
                .containsExactly("info", 1);
        assertThat(messages).isEqualTo(lines(1));
    }

    @Test
    void a_stream_sends_every_line_as_it_comes_and_ends_with_the_run() throws Exception {
        var run = server.submit("talk", "{}").id();
        var events = new ArrayList<String>();

        try (var stream = stream("/runs/" + run + "/logs/stream", null)) {
            for (var line = stream.readLine(); line != null; line = stream.readLine()) {
                events.add(line);
                if (line.contains("\"line " + TALK_LINES + "\"")) {
                    server.hold.release(); // All were seen while the handler was still at work.
                }
            }
        }

        assertThat(messages(events)).isEqualTo(lines(1));
        assertThat(events).contains("event: end", "data: {\"state\":\"completed\"}");
    }

    @Test
    void a_reader_who_comes_back_misses_nothing_and_sees_nothing_twice() throws Exception {
        var run = talked();
        var lastId = "";
        try (var stream = stream("/runs/" + run + "/logs", null)) {
            for (var line = String.valueOf(stream.readLine());
                    !line.contains("\"line 617\"");
                    line = String.valueOf(stream.readLine())) {
                lastId = line.startsWith("id: ") ? line.substring(4) : lastId;
            }
        }

        var rest = new ArrayList<String>();
        try (var stream = stream("/runs/" + run + "/logs", lastId)) {
            stream.lines().forEach(rest::add);
        }

        assertThat(messages(rest)).isEqualTo(lines(618));
    }

    @Test
    void there_is_room_for_so_many_readers_and_no_more() throws Exception {
        var run = server.submit("held", "{\"delay\":\"1h\"}").id();
        var path = "/runs/" + run + "/logs/stream";

        try (var one = stream(path, null);
                var two = stream(path, null)) {
            assertThat(one.readLine()).startsWith(":");
            assertThat(two.readLine()).startsWith(":");
            var refusal = server.get(NS + path);
            problem(refusal, 503, "busy");
            assertThat(refusal.headers().firstValue("Retry-After")).isPresent();
            problem(server.get(NS + "/runs/" + run + "?wait=1s"), 503, "busy");
            assertThat(server.get(NS + "/runs/" + run).statusCode()).isEqualTo(200);
            server.post(NS + "/runs/" + run + "/cancel", "");
            assertThat(one.lines()).contains("event: end");
            assertThat(two.lines()).contains("event: end");
        }
    }

    @Test
    void a_reader_who_takes_nothing_is_dropped_and_its_place_is_free_again() throws Exception {
        var config = ServerConfig.DEFAULT.withWaitingMax(1).withIdleTimeout(Duration.ofSeconds(4));
        try (var other = new RunningServer(config)) {
            var run = other.submit("chatter", "{}").id();
            var path = NS + "/runs/" + run;
            try (var lazy = new Socket()) {
                lazy.setReceiveBufferSize(4 << 10);
                lazy.connect(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), other.server.port()));
                lazy.getOutputStream()
                        .write(
                                """
                                GET %s/logs/stream HTTP/1.1\r
                                Host: localhost\r
                                Authorization: Bearer %s\r
                                \r
                                """
                                        .formatted(path, other.secret)
                                        .getBytes(UTF_8));

                await().atMost(Duration.ofSeconds(20)).until(() -> other.isServing(1));
                problem(other.get(path + "?wait=1s"), 503, "busy");
                await().atMost(Duration.ofSeconds(40)).until(() -> other.isServing(0));
            }
        }
    }

    @Test
    void a_place_to_go_on_from_that_is_none_is_refused() throws Exception {
        var path = NS + "/runs/" + talked() + "/logs";

        for (var cursor :
                List.of("x", "1", "-1-1", "1-1-1", "9999999999999999999-1", "1-9999999999")) {
            problem(server.get(path + "?cursor=" + cursor), 400, "invalid");
            problem(
                    server.send(server.request(path).header("Last-Event-ID", cursor)),
                    400,
                    "invalid");
        }
        problem(server.get(path + "?limit=1001"), 400, "invalid");
        problem(server.get(path + "?limit=0"), 400, "invalid");
    }

    /** A run that has written its lines and ended. */
    private static String talked() throws Exception {
        server.hold.release();
        return server.ended(server.submit("talk", "{}").id()).id();
    }

    private static BufferedReader stream(String path, @Nullable String lastId) throws Exception {
        var request = server.request(NS + path).header("Accept", "text/event-stream");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        var answer = server.http().send(request.build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
    }

    private static List<String> messages(List<String> events) {
        return events.stream()
                .filter(line -> line.startsWith("data: {\"id\""))
                .map(line -> line.replaceFirst(".*\"message\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    private static List<String> lines(int from) {
        return IntStream.rangeClosed(from, TALK_LINES).mapToObj(i -> "line " + i).toList();
    }
}
