package dev.kedge.server;

import io.javalin.http.Context;
import java.util.Set;
import java.util.regex.Pattern;

/** What every request must pass before its route is looked for. */
final class Gate {

    private static final String BEARER = "Bearer ";
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    private final AdminKey key;
    private final boolean onlyLoopback;
    private final Set<String> openPaths;

    /**
     * @param onlyLoopback whether only this machine can reach the server. Then a request that was
     *     addressed to any other name came through somebody else's page in a browser here
     */
    Gate(AdminKey key, boolean onlyLoopback, Set<String> openPaths) {
        this.key = key;
        this.onlyLoopback = onlyLoopback;
        this.openPaths = openPaths;
    }

    void check(Context ctx) {
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Cache-Control", "no-store");
        var host = ctx.header("Host");
        if (onlyLoopback && (host == null || !LOOPBACK.matcher(host).matches())) {
            throw Refused.because(
                    ErrorCode.WRONG_HOST,
                    "this server answers to localhost only; start it with another host if it is"
                            + " to be reached by that name");
        }
        if (!openPaths.contains(ctx.path()) && !hasKey(ctx)) {
            ctx.header("WWW-Authenticate", "Bearer");
            throw Refused.because(
                    ErrorCode.UNAUTHENTICATED,
                    "send the administrator key: Authorization: Bearer kedge_...");
        }
    }

    private boolean hasKey(Context ctx) {
        var header = ctx.header("Authorization");
        return header != null
                && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && key.opens(header.substring(BEARER.length()).strip());
    }
}
