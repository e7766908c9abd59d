package dev.kedge.server;

import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.api.Problem;
import dev.kedge.model.KedgeException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Mounts the routes and sees to it that whatever happens in them ends in an answer. */
final class Edge {

    private static final System.Logger LOG = System.getLogger(Edge.class.getName());
    private static final String RETRY_AFTER = "Retry-After";
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String ROUTE = "kedge.route";
    private static final int METHODS_PER_PATH_MAX = 8;

    private final List<Route> routes;
    private final Origins origins;
    private final RequestRates rates;
    private final Gate gate;
    private final Bodies bodies;

    Edge(List<Route> routes, Origins origins, RequestRates rates, Gate gate, Bodies bodies) {
        this.routes = routes;
        this.origins = origins;
        this.rates = rates;
        this.gate = gate;
        this.bodies = bodies;
    }

    void mount(RoutesConfig config) {
        config.before(rates::arrived);
        config.before(origins::check);
        config.before(gate::check);
        config.wsBeforeUpgrade(this::admitSocket);
        for (var route : routes) {
            config.addHttpHandler(route.method(), route.path(), ctx -> answer(ctx, route));
        }
        config.exception(Refused.class, this::refuse);
        config.exception(JsonRefused.class, (refused, ctx) -> send(ctx, Problems.from(refused)));
        config.exception(
                Batch.RefusedItem.class,
                (item, ctx) -> send(ctx, Problems.from(item.refusal(), item.pointer())));
        config.exception(KedgeException.class, this::refuse);
        config.exception(HttpResponseException.class, this::refuseUnrouted);
        config.exception(Exception.class, this::fail);
    }

    /** A WebSocket begins as a request that none of the other handlers sees. */
    private void admitSocket(Context ctx) {
        rates.arrived(ctx);
        origins.check(ctx);
        gate.check(ctx);
    }

    /** The template of the route that answered, for the metrics. */
    static String routeOf(Context ctx) {
        String path = ctx.attribute(ROUTE);
        return path == null ? "none" : path;
    }

    static void send(Context ctx, Problem problem) {
        if (Boolean.TRUE.equals(problem.retryable()) && ctx.res().getHeader(RETRY_AFTER) == null) {
            ctx.header(RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        ctx.status(problem.status()).contentType(Problem.MEDIA_TYPE);
        if (Bodies.leftUnread(ctx)) {
            sendAndClose(ctx, Json.write(problem));
        } else {
            ctx.result(Json.write(problem));
        }
    }

    /** The connection cannot be used again, and a client that is not told would try to. */
    private static void sendAndClose(Context ctx, byte[] body) {
        ctx.header("Connection", "close");
        ctx.res().setContentLength(body.length);
        try {
            ctx.outputStream().write(body);
            ctx.outputStream().flush();
            Bodies.drain(ctx);
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, () -> line(ctx) + " was broken off", gone);
        }
    }

    private void answer(Context ctx, Route route) throws Exception {
        ctx.attribute(ROUTE, route.path());
        var call = new Call(ctx, route, gate);
        gate.admit(call);
        checkQuery(ctx, route);
        var room = bodies.enter(ctx, route.bodyBytesMax());
        try {
            if (room > 0 && route.body() == null) {
                call.body(Route.EmptyBody.class);
            }
            route.action().answer(call);
        } finally {
            bodies.leave(room);
        }
    }

    private static void checkQuery(Context ctx, Route route) {
        ctx.queryParamMap()
                .forEach((name, values) -> {
                    if (!route.query().contains(name)) {
                        throw Refused.query(
                                name.length() > 60 ? name.substring(0, 60) : name,
                                route.query().isEmpty()
                                        ? "there are no parameters here"
                                        : "there is no such parameter here, only "
                                                + String.join(", ", route.query()));
                    }
                    if (values.size() > 1) {
                        throw Refused.query(name, "is given more than once");
                    }
                });
    }

    private void refuse(Refused refusal, Context ctx) {
        var wait = refusal.retryAfter();
        if (wait != null) {
            ctx.header(RETRY_AFTER, seconds(wait));
        }
        send(ctx, Problems.from(refusal));
    }

    /** In whole seconds, and never too early. */
    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusNanos(999_999_999).toSeconds()));
    }

    private void refuse(KedgeException refusal, Context ctx) {
        var problem = Problems.from(refusal);
        if (refusal instanceof KedgeException.QuotaExceeded quota) {
            ctx.header(RETRY_AFTER, seconds(quota.retryAfter()));
        }
        if (problem.status() >= 500) {
            LOG.log(System.Logger.Level.WARNING, () -> line(ctx) + " could not be done", refusal);
        }
        send(ctx, problem);
    }

    /** There is no route for this path, or none for this method. */
    private void refuseUnrouted(HttpResponseException refusal, Context ctx) {
        var code = ErrorCode.ofStatus(refusal.getStatus());
        var methods =
                routes.stream()
                        .filter(route -> matches(route.path(), ctx.path()))
                        .map(route -> route.method().name())
                        .distinct()
                        .limit(METHODS_PER_PATH_MAX)
                        .collect(Collectors.joining(", "));
        if (methods.isEmpty()) {
            send(ctx, Problems.of(code, "there is nothing under this address"));
        } else {
            ctx.header("Allow", methods);
            send(ctx, Problems.of(ErrorCode.METHOD_NOT_ALLOWED, "only " + methods));
        }
    }

    /** The last resort: a fault of ours, or a caller that went away. */
    private void fail(Exception fault, Context ctx) {
        if (fault instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        if (ctx.res().isCommitted() || fault instanceof IOException) {
            LOG.log(System.Logger.Level.DEBUG, () -> line(ctx) + " was broken off", fault);
            return;
        }
        LOG.log(System.Logger.Level.ERROR, () -> line(ctx) + " failed", fault);
        send(ctx, Problems.internal());
    }

    private static boolean matches(String template, String path) {
        var parts = template.split("/", -1);
        var given = path.split("/", -1);
        if (parts.length != given.length) {
            return false;
        }
        for (var i = 0; i < parts.length; i++) {
            if (!parts[i].startsWith("{") && !parts[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    private static String line(Context ctx) {
        return ctx.method() + " " + routeOf(ctx);
    }
}
