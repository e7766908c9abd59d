package dev.kedge.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Json;
import dev.kedge.api.Problem;
import dev.kedge.api.RunView;
import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.EventWait;
import dev.kedge.engine.Health;
import dev.kedge.engine.NonRetryableException;
import dev.kedge.engine.RunTokens;
import dev.kedge.engine.Step;
import dev.kedge.model.Deployment;
import dev.kedge.model.Failure;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.server.caller.Callers;
import dev.kedge.server.caller.Issuers;
import dev.kedge.server.caller.ServerKey;
import dev.kedge.server.caller.SignedRunTokens;
import dev.kedge.server.caller.TestCallers;
import dev.kedge.vault.LocalKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server on an engine on a database, all real, with a few jobs; and a client with its key. */
final class RunningServer implements AutoCloseable {

    static final String NS = "/v1/namespaces/default";
    static final String SERVER_KEY = "a2VkZ2UgdGVzdHMga2VkZ2UgdGVzdHMga2VkZ2UgdGU=";
    static final int TALK_LINES = 1_000;

    /** Nothing that a test may not do is refused for being done too often. */
    private static final int OFTEN = 1_000_000;

    /** More than fits into the buffers of two sockets. */
    static final int CHATTER_LINES = 3_000;

    /** A run of {@code held} ends for each permit. */
    final Semaphore hold = new Semaphore(0);

    /** Runs of {@code tells} go on until their latch is down. */
    final ConcurrentMap<String, CountDownLatch> telling = new ConcurrentHashMap<>();

    /** The tokens that runs of {@code tells} were given. */
    final BlockingQueue<Optional<String>> told = new LinkedBlockingQueue<>();

    /** Runs of {@code stumble} fail until this is set, and count their first steps. */
    final AtomicBoolean mended = new AtomicBoolean();

    final AtomicInteger begun = new AtomicInteger();

    final Engine engine;
    final Server server;
    final Callers callers;
    final String secret;
    private final HttpClient http = HttpClient.newHttpClient();

    private static void migrate(String url) {
        var database = TestPostgres.shared();
        Engine.connect(url, database.user(), database.password())
                .config(EngineConfig.DEFAULT.withSlots(0))
                .start()
                .stop(Duration.ZERO);
    }

    RunningServer(ServerConfig config) {
        this(config, Issuers.NONE);
    }

    RunningServer(ServerConfig config, Issuers issuers) {
        var url = TestPostgres.freshDatabase("kedge", RunningServer::migrate);
        var database = TestPostgres.shared();
        var runTokens = new SignedRunTokens();
        engine =
                Engine.connect(url, database.user(), database.password())
                        .runTokens(runTokens)
                        .secrets(LocalKeys.parse("test", "A".repeat(43) + "="))
                        .job("echo", context -> new Outcome.Succeeded(context.payload()))
                        .job(
                                "whose",
                                context -> {
                                    var whose =
                                            context.principal()
                                                    .map(each -> each.id() + " " + each.role())
                                                    .orElse("nobody's");
                                    return new Outcome.Succeeded(
                                            Payload.ofJson("\"%s\"".formatted(whose)));
                                })
                        .job(
                                "tells",
                                context -> {
                                    var heard = new CountDownLatch(1);
                                    telling.put(context.runId().toString(), heard);
                                    told.add(context.secrets().get(RunTokens.SECRET));
                                    heard.await();
                                    return new Outcome.Succeeded(
                                            Payload.ofJson(
                                                    "\"%s\""
                                                            .formatted(
                                                                    context.secrets()
                                                                            .get(RunTokens.SECRET)
                                                                            .orElse("none"))));
                                })
                        .job(
                                "held",
                                context -> {
                                    hold.acquire();
                                    return new Outcome.Succeeded(context.payload());
                                })
                        .job(
                                "talk",
                                context -> {
                                    for (var i = 1; i <= TALK_LINES; i++) {
                                        context.log(LogLevel.INFO, "line " + i);
                                    }
                                    hold.acquire();
                                    return new Outcome.Succeeded(context.payload());
                                })
                        .job(
                                "chatter",
                                context -> {
                                    for (var i = 1; i <= CHATTER_LINES; i++) {
                                        context.log(LogLevel.INFO, "x".repeat(8_000));
                                    }
                                    hold.acquire();
                                    return new Outcome.Succeeded(context.payload());
                                })
                        .job(
                                "broken",
                                _ ->
                                        new Outcome.FailedForGood(
                                                Failure.of(Failure.Code.HANDLER_FAILED, "as told")))
                        .job(
                                "order",
                                context -> {
                                    context.step("charge", String.class, _ -> "charged");
                                    context.state().set("stage", "charged");
                                    context.waitFor(
                                            EventWait.on("order.shipped")
                                                    .matching(Map.of("order", 7)));
                                    return new Outcome.Succeeded(context.payload());
                                })
                        .job(
                                "many",
                                context -> {
                                    var count = Integer.parseInt(context.payload().text());
                                    for (var i = 0; i < count; i++) {
                                        context.step(Step.named("näh \u2028").keyed(i), _ -> {});
                                    }
                                    return new Outcome.Succeeded(Payload.NULL);
                                })
                        .job(
                                "large",
                                context -> {
                                    var count = Integer.parseInt(context.payload().text());
                                    for (var i = 0; i < count; i++) {
                                        context.step(
                                                Step.named("megabyte").keyed(i),
                                                String.class,
                                                _ -> "x".repeat((1 << 20) - 2));
                                    }
                                    return new Outcome.Succeeded(Payload.NULL);
                                })
                        .job(
                                "family",
                                context ->
                                        new Outcome.Succeeded(
                                                Payload.ofJson(
                                                        "\"%s\""
                                                                .formatted(
                                                                        context.invoke(
                                                                                "echo",
                                                                                "child",
                                                                                String.class)))))
                        .job(
                                "stumble",
                                context -> {
                                    context.step(
                                            "first", Integer.class, _ -> begun.incrementAndGet());
                                    context.state().set("seen", true);
                                    if (context.payload().text().equals("\"fail\"")
                                            && !mended.get()) {
                                        throw new NonRetryableException("stumbled");
                                    }
                                    if (context.payload().text().equals("\"throw\"")) {
                                        throw new IllegalStateException("thrown");
                                    }
                                    return new Outcome.Succeeded(context.payload());
                                })
                        .start();
        callers = TestCallers.of(engine, ServerKey.parse(SERVER_KEY), issuers, runTokens);
        secret = callers.firstKey().orElseThrow();
        server =
                Server.start(
                        config.withPort(0).withEdge(config.edge().withRates(OFTEN, OFTEN, OFTEN)),
                        engine,
                        new AnyCode(engine),
                        callers,
                        AuditKey.in(folder().resolve("audit.key")),
                        List.of(() -> new Health.Check("sandbox", true, "none in this test")));
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("kedge-test-server-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes whatever is not blank, and runs none of it. */
    private record AnyCode(Engine engine) implements FunctionUploads {

        @Override
        public Deployment deploy(
                Namespace namespace, String function, String code, boolean promote) {
            if (code.isBlank()) {
                throw new KedgeException.Invalid("code", "there is none");
            }
            return engine.deployments(namespace).deploy(function, code, promote);
        }

        @Override
        public Deployment promote(Namespace namespace, String function, int version) {
            return engine.deployments(namespace).promote(function, version);
        }
    }

    HttpRequest.Builder request(String path) {
        return request(path, secret);
    }

    /** A request of whoever has the credential. */
    HttpRequest.Builder request(String path, String credential) {
        return anonymous(path).header("Authorization", "Bearer " + credential);
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(90));
    }

    /** Sends {@code body} as JSON, or nothing at all, as whoever has the credential. */
    HttpResponse<String> as(String credential, String method, String path, @Nullable String body)
            throws Exception {
        var request = request(path, credential);
        return send(
                body == null
                        ? request.method(method, BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    HttpResponse<String> delete(String path) throws Exception {
        return send(request(path).DELETE());
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> put(String path, String body) throws Exception {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> patch(String path, String body) throws Exception {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .method("PATCH", BodyPublishers.ofString(body)));
    }

    HttpClient http() {
        return http;
    }

    /** Submits a run of {@code job} and returns it. */
    RunView submit(String job, String body) throws Exception {
        return read(post(NS + "/jobs/" + job + "/runs", body), 201, RunView.class);
    }

    /** The run when it has ended, which it must within a minute. */
    RunView ended(String id) throws Exception {
        for (var turn = 0; turn < 60; turn++) {
            var run = read(get(NS + "/runs/" + id + "?wait=10s"), 200, RunView.class);
            if (run.ended()) {
                return run;
            }
        }
        throw new AssertionError("run " + id + " does not end");
    }

    /** The run when it sleeps, which it must within a minute. */
    RunView asleep(String id) throws Exception {
        for (var turn = 0; turn < 60; turn++) {
            var run = read(get(NS + "/runs/" + id + "?wait=1s"), 200, RunView.class);
            if (run.state().equals("sleeping")) {
                return run;
            }
        }
        throw new AssertionError("run " + id + " does not sleep");
    }

    /** Whether so many long polls and streams are being served now. */
    boolean isServing(int waiting) throws Exception {
        return get("/metrics").body().contains("\nkedge_http_waiting %d.0\n".formatted(waiting));
    }

    static <T> T read(HttpResponse<String> answer, int status, Class<T> type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return Json.answer(answer.body().getBytes(UTF_8), type);
    }

    static Problem problem(HttpResponse<String> answer, int status, String code) {
        var problem = read(answer, status, Problem.class);
        assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.code()).as(answer.body()).isEqualTo(code);
        return problem;
    }

    @Override
    public void close() {
        hold.release(1_000);
        http.close();
        server.stop(Duration.ofSeconds(5));
        engine.stop(Duration.ofSeconds(5));
    }
}
