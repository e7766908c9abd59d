package dev.kedge.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kedge.api.JobBody;
import dev.kedge.api.JobPage;
import dev.kedge.api.JobView;
import dev.kedge.api.Json;
import dev.kedge.api.Problem;
import dev.kedge.api.RawJson;
import dev.kedge.api.RunPage;
import dev.kedge.api.RunView;
import dev.kedge.api.StatsView;
import dev.kedge.cli.Surroundings;
import dev.kedge.cli.terminal.Style;
import dev.kedge.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goes through typical client commands against a server that is made up, so that the JVM learns
 * what they need and writes that to a cache. Run once after a build, by the launcher.
 */
public final class Training {

    private static final int COLUMNS = 120;

    private Training() {}

    /** With the argument {@code server}, what a server does; else what a client does. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            TrainingOfServer.run();
        } else {
            trainClient();
        }
        System.exit(0);
    }

    private static void trainClient() throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", Training::answer);
        server.start();
        try {
            var url = "http://127.0.0.1:" + server.getAddress().getPort();
            run(
                    url,
                    "training",
                    List.of(
                            "--version",
                            "--help",
                            "jobs list",
                            "jobs list --json",
                            "runs list --state failed",
                            "runs get 1",
                            "runs get missing",
                            "runs start hello --payload {} --wait",
                            "runs start hello --payload {}",
                            "runs list --no-such-option",
                            "stats"));
        } finally {
            server.stop(0);
        }
    }

    /** Runs commands, whatever becomes of them. */
    static void run(String url, String key, List<String> lines) {
        var nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var around =
                new Surroundings(
                        new Terminal(nowhere, nowhere, Style.COLOURED, COLUMNS, true),
                        InputStream.nullInputStream(),
                        Map.of("KEDGE_URL", url, "KEDGE_API_KEY", key),
                        Optional::empty,
                        InstantSource.system());
        for (var line : lines) {
            Main.run(around, line.split(" ", -1));
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        exchange.getRequestBody().readAllBytes();
        var answer = Json.write(answerTo(path));
        var status = path.endsWith("/missing") ? 404 : 200;
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private static Object answerTo(String path) {
        if (path.endsWith("/jobs")) {
            return new JobPage(List.of(job()), "next");
        }
        if (path.endsWith("/stats")) {
            return new StatsView(Map.of("completed", 1L), Map.of("hello", Map.of("completed", 1L)));
        }
        if (path.endsWith("/jobs/hello/runs") || path.contains("/runs/")) {
            return path.endsWith("/missing")
                    ? new Problem(
                            "about:blank",
                            "Not found",
                            404,
                            "no run",
                            "not_found",
                            List.of(new Problem.At("{id}", "there is none")),
                            false,
                            null)
                    : run();
        }
        return new RunPage(List.of(run()), null);
    }

    private static JobView job() {
        return new JobView(
                "default",
                "hello",
                1,
                new JobView.HandlerView("hello", null),
                new JobView.RetryView(5, "exponential", "1s", "1h", null, 0.1),
                "10m",
                null,
                "retry",
                3,
                "30s",
                0,
                "default",
                "says hello",
                true,
                false,
                10,
                "queue",
                null,
                new JobBody.RateBody(100, "1m"),
                List.of());
    }

    private static RunView run() {
        return new RunView(
                "0190a0a0-0000-7000-8000-000000000001",
                "default",
                "hello",
                "default",
                "completed",
                0,
                RawJson.NULL,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                1,
                0,
                0,
                null,
                null,
                new RunView.ProgressView(50.0, 1L, 2L, "half", null),
                Instant.EPOCH,
                null,
                null,
                RawJson.NULL,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of("tag"),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
