package dev.kedge.server;

import static dev.kedge.model.Permission.Act.SECRETS_WRITE;

import dev.kedge.api.KeyRotationBody;
import dev.kedge.api.KeyRotationView;
import dev.kedge.api.SecretBody;
import dev.kedge.api.SecretPage;
import dev.kedge.api.SecretView;
import dev.kedge.engine.Audit;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Secrets;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.RunFilter;
import dev.kedge.model.SecretInfo;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Setting secrets, listing their names, and removing them. No request is answered with a value. */
final class SecretRoutes {

    private static final String OF_NAMESPACE = "/v1/namespaces/{ns}/secrets";
    private static final String OF_SYSTEM = "/v1/secrets";
    private static final String ONE = "/{secret}";

    /** Each of its bytes may come as an escape of six. */
    private static final int BODY_BYTES_MAX =
            6 * SecretValue.BYTES_MAX + Route.SMALL_BODY_BYTES_MAX;

    private final Engine engine;

    SecretRoutes(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                OF_NAMESPACE,
                                "Lists the secrets of the namespace, or of one user in it",
                                SecretPage.class,
                                call -> list(call, ofNamespace(call)))
                        .taking("user", "limit", "cursor")
                        .needs(SECRETS_WRITE),
                Route.put(
                                OF_NAMESPACE + ONE,
                                "Sets a secret for all runs of the namespace, or for one user's",
                                SecretBody.class,
                                BODY_BYTES_MAX,
                                SecretView.class,
                                call -> set(call, ofNamespace(call)))
                        .taking("user")
                        .needs(SECRETS_WRITE),
                Route.delete(
                                OF_NAMESPACE + ONE,
                                "Removes a secret",
                                call -> remove(call, ofNamespace(call)))
                        .taking("user")
                        .needs(SECRETS_WRITE),
                Route.get(
                                OF_SYSTEM,
                                "Lists the secrets of the installation",
                                SecretPage.class,
                                call -> list(call, engine.systemSecrets()))
                        .taking("limit", "cursor")
                        .needs(SECRETS_WRITE),
                Route.put(
                                OF_SYSTEM + ONE,
                                "Sets a secret for the runs of every namespace",
                                SecretBody.class,
                                BODY_BYTES_MAX,
                                SecretView.class,
                                call -> set(call, engine.systemSecrets()))
                        .needs(SECRETS_WRITE),
                Route.delete(
                                OF_SYSTEM + ONE,
                                "Removes a secret of the installation",
                                call -> remove(call, engine.systemSecrets()))
                        .needs(SECRETS_WRITE),
                Route.post(
                                "/v1/secret-keys/rotate",
                                "Wraps the keys of all secrets anew, by a new key",
                                KeyRotationBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                KeyRotationView.class,
                                this::rotate)
                        .needs(SECRETS_WRITE));
    }

    private Secrets ofNamespace(Call call) {
        var user = call.query("user", PrincipalId::new);
        return user == null
                ? engine.secrets(call.namespace())
                : engine.secrets(call.namespace(), user);
    }

    private static void list(Call call, Secrets secrets) {
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var after = call.query("cursor", Cursors::secret);
        // One more than asked for says whether there is a further page.
        var found = secrets.list(after, limit + 1);
        var page = found.subList(0, Math.min(limit, found.size()));
        var next = found.size() > limit ? Cursors.of(page.getLast().name()) : null;
        call.answer(new SecretPage(page.stream().map(SecretRoutes::view).toList(), next));
    }

    private void set(Call call, Secrets secrets) throws Exception {
        var name = call.secret();
        var body = call.bodyThatReplaces(SecretBody.class);
        try (var value = SecretValue.of(body.value())) {
            var set = view(secrets.set(name, value, call.principal().id()));
            note(call, "secret.set", name.value(), Map.of("version", set.version()));
            call.answer(set);
        }
    }

    private void remove(Call call, Secrets secrets) {
        var name = call.secret();
        secrets.remove(name);
        note(call, "secret.remove", name.value(), Map.of());
        call.answerNothing();
    }

    private void note(Call call, String act, String subject, Map<String, ?> about) {
        var details = new LinkedHashMap<String, Object>(about);
        call.query("user").ifPresent(user -> details.put("user", user));
        auditOf(call).record(call.principal().id(), act, subject, details);
    }

    private Audit auditOf(Call call) {
        return call.isOfNamespace() ? engine.audit(call.namespace()) : engine.auditOfInstallation();
    }

    private void rotate(Call call) throws Exception {
        var dataKeys = call.body(KeyRotationBody.class).dataKeys();
        var done = engine.rotateKeys(Objects.requireNonNullElse(dataKeys, false));
        note(
                call,
                "secret_keys.rotate",
                done.current(),
                Map.of("rewrapped", done.rewrapped(), "resealed", done.resealed()));
        call.answer(
                new KeyRotationView(
                        done.current(),
                        done.rewrapped(),
                        done.unreadable(),
                        done.resealed(),
                        done.stuck()));
    }

    private static SecretView view(SecretInfo secret) {
        var user = secret.owner() instanceof SecretOwner.OneUser(_, var id) ? id.value() : null;
        return new SecretView(
                secret.name().value(),
                user,
                secret.version(),
                secret.setAt(),
                secret.setBy().value());
    }
}
