package dev.kedge.server;

import static dev.kedge.model.Permission.Act.KEYS_WRITE;

import dev.kedge.api.KeyBody;
import dev.kedge.api.KeyView;
import dev.kedge.api.KeysView;
import dev.kedge.engine.Engine;
import dev.kedge.model.ApiKey;
import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewApiKey;
import dev.kedge.model.Permission;
import dev.kedge.model.Role;
import dev.kedge.server.caller.Callers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** API keys: those of a namespace, and those of the installation. */
final class KeyRoutes {

    private static final String KEYS = "/v1/keys";
    private static final String OF_NAMESPACE = "/v1/namespaces/{ns}/keys";
    private static final int BODY_BYTES_MAX = 32 << 10;

    private final Engine engine;
    private final Callers callers;

    KeyRoutes(Engine engine, Callers callers) {
        this.engine = engine;
        this.callers = callers;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                OF_NAMESPACE,
                                "Lists the keys that reach a namespace, newest first",
                                KeysView.class,
                                this::list)
                        .needs(KEYS_WRITE),
                Route.post(
                                OF_NAMESPACE,
                                "Makes a key for a namespace; the answer alone has its secret",
                                KeyBody.class,
                                BODY_BYTES_MAX,
                                KeyView.class,
                                this::make)
                        .creating()
                        .needs(KEYS_WRITE),
                Route.delete(
                                OF_NAMESPACE + "/{id}",
                                "Ends a key that reaches this namespace alone",
                                this::revoke)
                        .needs(KEYS_WRITE),
                Route.get(KEYS, "Lists all keys, newest first", KeysView.class, this::listAll)
                        .needs(KEYS_WRITE),
                Route.post(
                                KEYS,
                                "Makes a key for several namespaces, or for all of them",
                                KeyBody.class,
                                BODY_BYTES_MAX,
                                KeyView.class,
                                this::makeAny)
                        .creating()
                        .needs(KEYS_WRITE),
                Route.delete(KEYS + "/{id}", "Ends a key", this::revokeAny).needs(KEYS_WRITE));
    }

    private void list(Call call) {
        call.answer(view(engine.directory().keys(call.namespace())));
    }

    private void listAll(Call call) {
        call.answer(view(engine.directory().keys()));
    }

    private void make(Call call) throws Exception {
        var body = call.body(KeyBody.class);
        if (body.namespaces() != null || body.everywhere() != null) {
            throw new KedgeException.Invalid(
                    "namespaces", "the address says it already; " + KEYS + " takes others");
        }
        make(call, body, List.of(call.namespace()));
    }

    private void makeAny(Call call) throws Exception {
        var body = call.body(KeyBody.class);
        var everywhere = Boolean.TRUE.equals(body.everywhere());
        var named = body.namespaces() == null ? List.<String>of() : body.namespaces();
        if (everywhere != named.isEmpty()) {
            throw new KedgeException.Invalid(
                    "namespaces", "name the namespaces, or say \"everywhere\": true");
        }
        make(call, body, named.stream().map(Namespace::new).toList());
    }

    private void make(Call call, KeyBody body, List<Namespace> namespaces) {
        var scopes = scopes(body.permissions());
        var role = role(call, body, namespaces);
        checkMayGive(call, role.narrowedTo(scopes.isEmpty() ? role.permissions() : scopes), role);
        var made =
                callers.keys()
                        .make(
                                new NewApiKey(
                                        body.name(),
                                        role.name(),
                                        scopes,
                                        namespaces,
                                        call.principal().id(),
                                        body.expiresIn() == null
                                                ? null
                                                : Durations.parse("expiresIn", body.expiresIn())));
        note(call, "key.create", made.key());
        call.answer(view(made.key(), made.secret()));
    }

    private Role role(Call call, KeyBody body, List<Namespace> namespaces) {
        var own = call.roleHere();
        var name =
                body.role() != null
                        ? body.role()
                        : own.sight() == Role.Sight.ALL ? Role.ADMIN.name() : own.name();
        if (name.equals(Role.SERVICE.name()) && !namespaces.isEmpty()) {
            throw new KedgeException.Invalid(
                    "role", "service_role reaches every namespace: say \"everywhere\": true");
        }
        return engine.directory()
                .role(name)
                .orElseThrow(() ->
                        new KedgeException.Invalid(
                                "role", "there is no role '%s'".formatted(name)));
    }

    /** Nobody makes a key that may do more than they may themselves. */
    private static void checkMayGive(Call call, Role narrowed, Role role) {
        var service = role.name().equals(Role.SERVICE.name());
        if (!call.roleHere().contains(narrowed) || (service && !call.principal().actsForOthers())) {
            throw Refused.because(
                    ErrorCode.FORBIDDEN, "a key cannot have permissions that you do not have");
        }
    }

    private static Set<Permission> scopes(@Nullable List<String> words) {
        if (words == null) {
            return Set.of();
        }
        if (words.isEmpty()) {
            throw new KedgeException.Invalid(
                    "permissions", "name some, or leave it out for all that the role allows");
        }
        var scopes = new HashSet<Permission>();
        words.forEach(word -> scopes.add(Permission.parse(word)));
        return Set.copyOf(scopes);
    }

    private void revoke(Call call) {
        revoked(call, engine.directory().revokeKey(call.namespace(), call.key()));
    }

    private void revokeAny(Call call) {
        revoked(call, engine.directory().revokeKey(call.key()));
    }

    private void revoked(Call call, ApiKey key) {
        callers.forget();
        note(call, "key.revoke", key);
        call.answerNothing();
    }

    private void note(Call call, String act, ApiKey key) {
        var details =
                Map.of(
                        "name",
                        key.name(),
                        "role",
                        key.role(),
                        "permissions",
                        key.scopes().stream().map(Permission::toString).sorted().toList());
        var audit =
                key.namespaces().size() == 1
                        ? engine.audit(key.namespaces().getFirst())
                        : engine.auditOfInstallation();
        audit.record(call.principal().id(), act, key.id().toString(), details);
    }

    private static KeysView view(List<ApiKey> keys) {
        return new KeysView(keys.stream().map(key -> view(key, null)).toList());
    }

    private static KeyView view(ApiKey key, @Nullable String secret) {
        return new KeyView(
                key.id().toString(),
                key.name(),
                secret,
                key.hint(),
                key.role(),
                key.scopes().isEmpty()
                        ? null
                        : key.scopes().stream().map(Permission::toString).sorted().toList(),
                key.namespaces().isEmpty()
                        ? null
                        : key.namespaces().stream().map(Namespace::value).toList(),
                key.madeBy().value(),
                key.madeAt(),
                key.expiresAt(),
                key.revokedAt(),
                key.usedAt());
    }
}
