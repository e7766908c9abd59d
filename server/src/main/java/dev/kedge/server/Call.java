package dev.kedge.server;

import dev.kedge.api.Json;
import dev.kedge.api.Times;
import dev.kedge.engine.Caller;
import dev.kedge.engine.Engine;
import dev.kedge.model.Claims;
import dev.kedge.model.Durations;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.KeyId;
import dev.kedge.model.Namespace;
import dev.kedge.model.Permission;
import dev.kedge.model.Principal;
import dev.kedge.model.Role;
import dev.kedge.model.RunId;
import dev.kedge.model.SecretName;
import dev.kedge.model.TriggerId;
import dev.kedge.model.UserId;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request on its way through its route: reads the parts, names the one at fault, answers. */
final class Call {

    private static final String JSON = "application/json";
    private static final int WORDS_CHARS_MAX = 256;
    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private final Context ctx;
    private final Route route;
    private final Gate gate;

    Call(Context ctx, Route route, Gate gate) {
        this.ctx = ctx;
        this.route = route;
        this.gate = gate;
    }

    Context http() {
        return ctx;
    }

    Access access() {
        return route.access();
    }

    /**
     * Asks once more whether the caller may, for a request that goes on for long: keys end, and
     * members leave. What is read afterwards is what they may see then.
     */
    void checkAgain() {
        gate.checkAgain(this);
    }

    /** Who asks. */
    Principal principal() {
        return Gate.principal(ctx);
    }

    /** The engine as the caller finds it. */
    Caller as(Engine engine) {
        return engine.as(principal().claims(namespace()));
    }

    /** The engine as {@code other} finds it, who may submit here and see what that became. */
    Caller onBehalfOf(Engine engine, Identity other) {
        return engine.as(Claims.none(other).seeingOwn(namespace()).submitting(namespace()));
    }

    /** The caller's role where this is about: in the namespace of the path, or everywhere. */
    Role roleHere() {
        var role =
                route.path().contains("{ns}")
                        ? principal().roleIn(namespace())
                        : Optional.ofNullable(principal().everywhere());
        return role.orElse(Role.ANON);
    }

    /** The permission that is enough here: for the job that the path names, where it names one. */
    Permission wanted(Permission.Act act) {
        return route.path().contains("{job}") ? Permission.to(act).on(job()) : Permission.to(act);
    }

    /** Whether it is about one namespace, and not the whole installation. */
    boolean isOfNamespace() {
        return route.path().contains("{ns}");
    }

    /** What the id in the path is one of, where that belongs to a run and has the run's id. */
    Optional<String> thingOfRun() {
        if (route.path().contains("/runs/{id}")) {
            return Optional.of("run");
        }
        return route.path().contains("/dead-letters/{id}")
                ? Optional.of("dead letter")
                : Optional.empty();
    }

    /** The only job that the caller asks about, where the route can be asked so. */
    Optional<JobName> askedJob() {
        return route.query().contains("job")
                ? Optional.ofNullable(query("job", JobName::new))
                : Optional.empty();
    }

    Namespace namespace() {
        return path("ns", Namespace::new);
    }

    JobName job() {
        return path("job", JobName::new);
    }

    RunId run() {
        return path("id", RunId::parse);
    }

    TriggerId trigger() {
        return path("id", TriggerId::parse);
    }

    SecretName secret() {
        return path("secret", SecretName::new);
    }

    KeyId key() {
        return path("id", KeyId::parse);
    }

    UserId user() {
        return path("id", UserId::parse);
    }

    /** A part of the path, as it was written. */
    String text(String part) {
        return ctx.pathParam(part);
    }

    /** Functions are named by the same rules as jobs. */
    String function() {
        return path("function", JobName::new).value();
    }

    /** Reads the body as {@code type}; where there is none, as an empty object. */
    <T> T body(Class<T> type) throws IOException {
        var bytes = Bodies.read(ctx, route.bodyBytesMax());
        return bytes.length == 0 ? Json.request(EMPTY_OBJECT, type) : parsed(bytes, type);
    }

    /** Refuses a request without a body: forgotten, it would wipe what it is to replace. */
    <T> T bodyThatReplaces(Class<T> type) throws IOException {
        var bytes = Bodies.read(ctx, route.bodyBytesMax());
        if (bytes.length == 0) {
            throw Refused.because(
                    ErrorCode.INVALID,
                    "a body is wanted here; send {} to leave everything out on purpose");
        }
        return parsed(bytes, type);
    }

    private <T> T parsed(byte[] bytes, Class<T> type) {
        checkMediaType();
        return Json.request(bytes, type);
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(ctx.queryParam(name));
    }

    <T> @Nullable T query(String name, Function<String, T> reading) {
        var text = ctx.queryParam(name);
        if (text == null) {
            return null;
        }
        try {
            return reading.apply(text);
        } catch (KedgeException.Invalid invalid) {
            throw Refused.query(name, withoutField(invalid));
        }
    }

    /** Words to look for; null where none are given. */
    @Nullable String words(String name) {
        var text = ctx.queryParam(name);
        if (text != null
                && (text.isEmpty() || text.length() > WORDS_CHARS_MAX || text.indexOf('\0') >= 0)) {
            throw Refused.query(name, "must have 1 to %d characters".formatted(WORDS_CHARS_MAX));
        }
        return text;
    }

    int limit(int normal, int max) {
        var limit = query("limit", Call::number);
        if (limit == null) {
            return normal;
        }
        if (limit < 1 || limit > max) {
            throw Refused.query("limit", "must be between 1 and %d".formatted(max));
        }
        return limit;
    }

    /** True or false; null where neither is said. */
    @Nullable Boolean flag(String name) {
        return query(
                name,
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw Refused.query(name, "true or false is wanted here");
                        });
    }

    @Nullable Instant time(String name) {
        return query(
                name,
                text -> {
                    try {
                        return Times.parse(text);
                    } catch (DateTimeException notOne) {
                        throw Refused.query(name, Times.WANTED);
                    }
                });
    }

    /** A duration of at most {@code max}; zero where none is given. */
    Duration wait(String name, Duration max) {
        var wait = query(name, text -> Durations.parse(name, text));
        if (wait == null) {
            return Duration.ZERO;
        }
        if (wait.compareTo(max) > 0) {
            throw Refused.query(name, "must be at most " + Durations.format(max));
        }
        return wait;
    }

    void answer(Object view) {
        answer(route.status(), view);
    }

    void answer(int status, Object view) {
        ctx.status(status).contentType(JSON).result(Json.write(view));
    }

    void answerNothing() {
        ctx.status(route.status());
    }

    private <T> T path(String name, Function<String, T> reading) {
        try {
            return reading.apply(ctx.pathParam(name));
        } catch (KedgeException.Invalid invalid) {
            throw Refused.path(name, withoutField(invalid));
        }
    }

    private void checkMediaType() {
        var encoding = ctx.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Refused.because(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "bodies are taken uncompressed only");
        }
        var type = ctx.req().getContentType();
        var parts = type == null ? new String[] {""} : type.split(";", 2);
        var charset = parts.length < 2 ? "" : parts[1].replace("\"", "").strip();
        if (!parts[0].strip().equalsIgnoreCase(JSON)
                || !(charset.isEmpty() || charset.equalsIgnoreCase("charset=utf-8"))) {
            throw Refused.because(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be application/json in UTF-8, and the header Content-Type say"
                            + " so");
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notOne) {
            throw new KedgeException.Invalid("limit", "a whole number is wanted here");
        }
    }

    private static String withoutField(KedgeException.Invalid invalid) {
        var message = String.valueOf(invalid.getMessage());
        var prefix = invalid.field() + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }
}
