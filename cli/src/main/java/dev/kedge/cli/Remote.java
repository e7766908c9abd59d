package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.api.Problem;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A server, by its HTTP API. Every call either brings the answer or throws. */
public final class Remote implements AutoCloseable {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    /** Longer than the longest poll of the API. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(90);

    private static final Duration CLOSE_MAX = Duration.ofMillis(100);

    private final URI base;
    private final @Nullable String apiKey;
    private final String namespace;
    private final HttpClient client;

    public Remote(URI base, @Nullable String apiKey, String namespace) {
        this.base = base;
        this.apiKey = apiKey;
        this.namespace = namespace;
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_MAX);
        if ("http".equals(base.getScheme())) {
            builder.sslContext(noTls());
        }
        client = builder.build();
    }

    public static URI address(String url) {
        try {
            var address = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            var scheme = address.getScheme();
            if (address.getHost() != null && ("http".equals(scheme) || "https".equals(scheme))) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw CommandFailure.usage("--url: %s".formatted(e.getMessage()));
        }
        throw CommandFailure.usage(
                "--url: an address like http://127.0.0.1:8080 is wanted, got '%s'".formatted(url));
    }

    URI base() {
        return base;
    }

    Namespace namespace() {
        try {
            return new Namespace(namespace);
        } catch (KedgeException.Invalid notOne) {
            throw CommandFailure.usage("--" + notOne.getMessage());
        }
    }

    /**
     * Ends the client's thread. It sits in a system call, and a JVM that exits waits a third of a
     * second for such a thread: more than most commands take.
     */
    @Override
    public void close() {
        client.shutdownNow();
        try {
            client.awaitTermination(CLOSE_MAX);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** A part of a query; nothing where there is no value. */
    static String part(String name, @Nullable Object value) {
        return value == null ? "" : name + "=" + escaped(value.toString());
    }

    /** {@code parts} below the namespace, each of them escaped. */
    public String path(String... parts) {
        var path = new StringBuilder("/v1/namespaces/").append(escaped(namespace));
        for (var part : parts) {
            path.append('/').append(escaped(part));
        }
        return path.toString();
    }

    public byte[] get(String path) {
        return body(request(path).GET().build());
    }

    public byte[] put(String path, Object body) {
        return body(sendingJson(path).PUT(json(body)).build());
    }

    public byte[] post(String path) {
        return body(request(path).POST(BodyPublishers.noBody()).build());
    }

    public byte[] post(String path, Object body) {
        return body(sendingJson(path).POST(json(body)).build());
    }

    public byte[] patch(String path, Object body) {
        return body(sendingJson(path).method("PATCH", json(body)).build());
    }

    public void delete(String path) {
        body(request(path).DELETE().build());
    }

    /** Opens a stream of server-sent events, from behind the event {@code after}. */
    InputStream stream(String path, @Nullable String after) {
        var request = request(path).setHeader("Accept", "text/event-stream");
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        var answer = send(request.GET().build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() < 300) {
            return answer.body();
        }
        try (var body = answer.body()) {
            throw problem(answer.statusCode(), body.readAllBytes());
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    public static <T> T read(byte[] answer, Class<T> type) {
        try {
            return Json.answer(answer, type);
        } catch (JsonRefused e) {
            throw CommandFailure.unreachable(
                    "the server's answer is not what this version expects: " + e.getMessage());
        }
    }

    private HttpRequest.Builder sendingJson(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    private static HttpRequest.BodyPublisher json(Object body) {
        return BodyPublishers.ofByteArray(Json.write(body));
    }

    private HttpRequest.Builder request(String path) {
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(ANSWER_MAX)
                        .header("Accept", "application/json");
        if (apiKey != null) {
            try {
                request.header("Authorization", "Bearer " + apiKey);
            } catch (IllegalArgumentException e) {
                // The exception's own message would repeat the key.
                throw CommandFailure.usage("--api-key: contains characters that no key has");
            }
        }
        return request;
    }

    private byte[] body(HttpRequest request) {
        var answer = send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 300) {
            throw problem(answer.statusCode(), answer.body());
        }
        return answer.body();
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.unreachable("interrupted");
        }
    }

    private CommandFailure unreachable(IOException cause) {
        var why = cause.getMessage();
        return CommandFailure.unreachable(
                "no server answers at %s%s%n  start one with: kedge dev"
                        .formatted(base, why == null ? "" : " (" + why + ")"));
    }

    private CommandFailure problem(int status, byte[] body) {
        try {
            return CommandFailure.of(Json.answer(body, Problem.class), body);
        } catch (JsonRefused notAProblem) {
            return CommandFailure.unreachable(
                    "%s answered with status %d and is perhaps no Kedge server"
                            .formatted(base, status));
        }
    }

    static String escaped(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * A context that trusts nobody, for connections without TLS: the default one would read the
     * system's certificates first, which takes longer than the command.
     */
    private static SSLContext noTls() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }
}
