package dev.kedge.server;

import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Permission;
import dev.kedge.model.Principal;
import dev.kedge.model.Role;
import dev.kedge.model.RunId;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What every request must pass: first, before its route is looked for, that its caller is known;
 * then, that the caller may ask for that route.
 */
final class Gate {

    /** Tells who has sent a credential. */
    @FunctionalInterface
    interface Callers {
        Optional<Principal> whoHas(String credential);
    }

    /** Tells which job a run is of, if there is such a run. */
    @FunctionalInterface
    interface Jobs {
        Optional<JobName> of(Namespace namespace, RunId run);
    }

    private static final String PRINCIPAL = "kedge.principal";

    private static final String BEARER = "Bearer ";
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    private final Callers callers;
    private final RequestRates rates;
    private final Jobs jobs;
    private final boolean onlyLoopback;
    private final Set<String> openPaths;

    /**
     * @param onlyLoopback whether only this machine can reach the server. Then a request that was
     *     addressed to any other name came through somebody else's page in a browser here
     */
    Gate(
            Callers callers,
            Jobs jobs,
            RequestRates rates,
            boolean onlyLoopback,
            Set<String> openPaths) {
        this.callers = callers;
        this.jobs = jobs;
        this.rates = rates;
        this.onlyLoopback = onlyLoopback;
        this.openPaths = openPaths;
    }

    void check(Context ctx) {
        var host = ctx.header("Host");
        if (onlyLoopback && (host == null || !LOOPBACK.matcher(host).matches())) {
            throw Refused.because(
                    ErrorCode.WRONG_HOST,
                    "this server answers to localhost only; start it with another host if it is"
                            + " to be reached by that name");
        }
        if (!openPaths.contains(ctx.path())) {
            var caller = caller(ctx);
            rates.asked(caller.id());
            ctx.attribute(PRINCIPAL, caller);
        }
    }

    /** Whether whoever asked before may still do so. */
    void checkAgain(Call call) {
        var ctx = call.http();
        ctx.attribute(PRINCIPAL, caller(ctx));
        admit(call);
    }

    /** What the caller presents. */
    static Optional<String> credential(Context ctx) {
        var header = ctx.header("Authorization");
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? Optional.of(header.substring(BEARER.length()).strip())
                : Optional.empty();
    }

    /** Who sends this; nobody known where the path asks nobody. */
    static Principal principal(Context ctx) {
        Principal known = ctx.attribute(PRINCIPAL);
        return known == null ? Principal.ANON : known;
    }

    /**
     * Refuses a request that its caller may not make. What is in a namespace of others does not
     * exist for them, and neither does the namespace.
     */
    void admit(Call call) {
        switch (call.access()) {
            case Access.Anyone _, Access.Known _ -> {}
            case Access.Everywhere(var act) -> {
                var wanted = Permission.to(act);
                if (!call.principal().mayEverywhere(wanted)) {
                    throw forbidden(wanted + " in every namespace");
                }
            }
            case Access.InNamespace(var act) -> {
                var namespace = call.namespace();
                var role =
                        call.principal()
                                .roleIn(namespace)
                                .orElseThrow(() ->
                                        new KedgeException.NotFound(
                                                "namespace", namespace.value()));
                var wanted = call.wanted(act);
                if (!role.grants(wanted)) {
                    if (!role.grantsSome(act)) {
                        throw forbidden(wanted.toString());
                    }
                    admitForOneJob(call, act, role);
                }
            }
        }
    }

    /** For somebody who has the permission for some jobs: whether this is about one of them. */
    private void admitForOneJob(Call call, Permission.Act act, Role role) {
        var thing = call.thingOfRun();
        if (thing.isPresent()) {
            var run = call.run();
            var job = jobs.of(call.namespace(), run);
            if (job.isPresent() && !role.grants(Permission.to(act).on(job.get()))) {
                throw new KedgeException.NotFound(thing.get(), run.toString());
            }
            return; // Where there is no such run, the route says so.
        }
        var wanted = call.askedJob().map(Permission.to(act)::on).orElseGet(() -> call.wanted(act));
        if (!role.grants(wanted)) {
            throw forbidden(wanted.toString());
        }
    }

    private static Refused forbidden(String permission) {
        return Refused.because(ErrorCode.FORBIDDEN, "this needs the permission " + permission);
    }

    private Principal caller(Context ctx) {
        var sent = credential(ctx);
        if (sent.isPresent()) {
            rates.mayTry(ctx);
            var caller = callers.whoHas(sent.get());
            if (caller.isPresent()) {
                return caller.get();
            }
            rates.failed(ctx);
        }
        ctx.header("WWW-Authenticate", "Bearer");
        throw Refused.because(
                ErrorCode.UNAUTHENTICATED, "send a key or token: Authorization: Bearer kedge_...");
    }
}
