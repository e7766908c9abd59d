package dev.kedge.server;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What pages in browsers may do. A page of the server's own may do everything, one of a configured
 * origin may call with a key of its own, and any other may neither read an answer nor change
 * anything. What is no browser sends none of the headers that this goes by.
 *
 * <p>Cookies of a foreign page are never taken along ({@code Access-Control-Allow-Credentials} is
 * not sent), so a session here is of use to pages from here only.
 */
final class Origins {

    private static final Set<HandlerType> LOOKING =
            Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String HEADERS =
            "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, traceparent";
    private static final String ANSWERED = "ETag, Idempotent-Replayed, Location, Retry-After";
    private static final String PREFLIGHT_SECONDS = "600";

    private final Set<String> allowed;

    Origins(Set<String> allowed) {
        this.allowed = allowed;
    }

    /** Answers a browser that asks beforehand, and refuses what a page may not ask for. */
    void check(Context ctx) {
        var origin = ctx.header("Origin");
        var isAllowed = origin != null && allowed.contains(origin);
        if (!allowed.isEmpty()) {
            ctx.header("Vary", "Origin");
        }
        if (origin != null && isAllowed) {
            ctx.header("Access-Control-Allow-Origin", origin);
            ctx.header("Access-Control-Expose-Headers", ANSWERED);
        }
        if (asksBeforehand(ctx)) {
            if (!isAllowed) {
                throw foreign();
            }
            ctx.header("Access-Control-Allow-Methods", METHODS);
            ctx.header("Access-Control-Allow-Headers", HEADERS);
            ctx.header("Access-Control-Max-Age", PREFLIGHT_SECONDS);
            ctx.status(204).skipRemainingHandlers();
            return;
        }
        if (!isAllowed && mayChangeSomething(ctx) && isForeign(ctx, origin)) {
            throw foreign();
        }
    }

    private static boolean asksBeforehand(Context ctx) {
        return ctx.method().equals(HandlerType.OPTIONS)
                && ctx.header("Origin") != null
                && ctx.header("Access-Control-Request-Method") != null;
    }

    /** A WebSocket is opened with a GET, and browsers let every page open one to anywhere. */
    private static boolean mayChangeSomething(Context ctx) {
        return !LOOKING.contains(ctx.method()) || ctx.header("Upgrade") != null;
    }

    /** Browsers say so themselves; those that are too old for it name the origin at least. */
    private static boolean isForeign(Context ctx, @Nullable String origin) {
        var site = ctx.header("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        return origin != null && !isOurs(origin, ctx.header("Host"));
    }

    /** By host and port alone: a proxy in front may speak TLS where we do not. */
    private static boolean isOurs(String origin, @Nullable String host) {
        try {
            var authority = new URI(origin).getRawAuthority();
            return authority != null
                    && host != null
                    && authority.equals(host.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException notOne) {
            return false;
        }
    }

    private static Refused foreign() {
        return Refused.because(
                ErrorCode.FOREIGN_ORIGIN,
                "a page of another origin may not ask for this; an operator can allow it to");
    }
}
