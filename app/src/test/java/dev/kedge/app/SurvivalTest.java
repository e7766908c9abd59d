package dev.kedge.app;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.BatchView;
import dev.kedge.api.Json;
import dev.kedge.api.StatsView;
import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole servers, killed with -9 while they work. */
@Timeout(300)
class SurvivalTest {

    private static final long DONE_SECONDS_MAX = 240;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ServerProcess> started = new ArrayList<>();

    @TempDir private Path folder;

    @AfterEach
    void stop() throws InterruptedException {
        for (var server : started) {
            server.stop();
        }
    }

    @Test
    void ten_thousand_acknowledged_runs_survive_three_kills_of_the_server() throws Exception {
        writeJob();
        var server = start();
        enqueue(server, 10_000);

        for (var kill = 1; kill <= 3; kill++) {
            awaitCompleted(server, 2_000L * kill);
            server.kill();
            server = start();
        }
        awaitCompleted(server, 10_000);
        server.stop();

        // Each run was submitted once, ended once, and ended well; and the counts, which are kept
        // by transition, would show a run that was settled twice.
        assertThat(
                        numbers(
                                """
                                select (select count(*) from kedge.run),
                                       (select count(*) from kedge.active_run),
                                       (select count(*) from kedge.ended_run
                                         where state = 'completed'),
                                       (select count(distinct run_id) from kedge.ended_run),
                                       (select sum(runs)
                                          from (select state, runs from kedge.run_tally
                                                union all
                                                select state, runs from kedge.run_tally_change) as t
                                         where state = 'completed')
                                """,
                                5))
                .containsExactly(10_000L, 0L, 10_000L, 10_000L, 10_000L);
    }

    @Test
    void acknowledged_runs_survive_a_kill_of_postgresql() throws Exception {
        writeJob();
        var server = start();
        enqueue(server, 2_000);
        awaitCompleted(server, 500);

        var pid = Files.readAllLines(postgres().resolve("pg/postmaster.pid")).getFirst();
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();

        awaitCompleted(server, 2_000);
    }

    private Path postgres() {
        return folder.resolve(".kedge/postgres");
    }

    private ServerProcess start() throws IOException {
        var server = ServerProcess.start(folder, "dev", "--lease", "short");
        started.add(server);
        return server;
    }

    private void writeJob() throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve("jobs")).resolve("count.ts"),
                "export default async (ctx: any) => ctx.payload.n;");
    }

    private void enqueue(ServerProcess server, int runs) throws Exception {
        var items =
                IntStream.range(0, runs)
                        .mapToObj(n -> "{\"job\":\"count\",\"payload\":{\"n\":%d}}".formatted(n))
                        .collect(Collectors.joining(",", "{\"items\":[", "]}"));
        var answer =
                http.send(
                        request(server, "/v1/namespaces/default/runs:batch")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(items))
                                .build(),
                        BodyHandlers.ofByteArray());
        assertThat(answer.statusCode())
                .as(() -> new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        assertThat(Json.answer(answer.body(), BatchView.class).items())
                .hasSize(runs)
                .allSatisfy(item -> assertThat(item.id()).isNotNull());
    }

    private void awaitCompleted(ServerProcess server, long runs) {
        await().atMost(DONE_SECONDS_MAX, SECONDS)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> completed(server) >= runs);
    }

    private long completed(ServerProcess server) throws Exception {
        var answer =
                http.send(
                        request(server, "/v1/namespaces/default/stats").build(),
                        BodyHandlers.ofByteArray());
        return answer.statusCode() == 200
                ? Json.answer(answer.body(), StatsView.class).states().getOrDefault("completed", 0L)
                : 0; // The database is coming back.
    }

    private static HttpRequest.Builder request(ServerProcess server, String path) {
        return HttpRequest.newBuilder(URI.create(server.ready().url() + path))
                .header("Authorization", "Bearer " + server.ready().apiKey());
    }

    private List<Long> numbers(String sql, int columns) throws SQLException {
        try (var postgres = EmbeddedPostgres.start(EmbeddedConfig.in(postgres()));
                var connection =
                        DriverManager.getConnection(
                                postgres.jdbcUrl(), postgres.user(), postgres.password());
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            var numbers = new ArrayList<Long>();
            for (var column = 1; column <= columns; column++) {
                numbers.add(result.getLong(column));
            }
            return numbers;
        }
    }
}
