package dev.kedge.server;

import static dev.kedge.model.Permission.Act.KEYS_WRITE;

import dev.kedge.api.RevocationBody;
import dev.kedge.api.UserBody;
import dev.kedge.api.UserChangeBody;
import dev.kedge.api.UserPage;
import dev.kedge.api.UserView;
import dev.kedge.engine.Engine;
import dev.kedge.model.Email;
import dev.kedge.model.KedgeException;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.RunFilter;
import dev.kedge.model.User;
import dev.kedge.model.UserId;
import dev.kedge.server.caller.Callers;
import java.util.List;
import java.util.Map;

/** The directory of users, and tokens of other issuers that are not taken any more. */
final class UserRoutes {

    private static final String USERS = "/v1/users";
    private static final String USER = USERS + "/{id}";

    private final Engine engine;
    private final Callers callers;

    UserRoutes(Engine engine, Callers callers) {
        this.engine = engine;
        this.callers = callers;
    }

    List<Route> routes() {
        return List.of(
                Route.get(USERS, "Lists the users by e-mail address", UserPage.class, this::list)
                        .taking("limit", "cursor")
                        .needs(KEYS_WRITE),
                Route.post(
                                USERS,
                                "Adds a user",
                                UserBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                UserView.class,
                                this::add)
                        .creating()
                        .needs(KEYS_WRITE),
                Route.get(USER, "Shows a user", UserView.class, this::show).needs(KEYS_WRITE),
                Route.patch(
                                USER,
                                "Enables a user or disables it, or sets a password",
                                UserChangeBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                UserView.class,
                                this::change)
                        .needs(KEYS_WRITE),
                Route.delete(USER, "Removes a user; what the user submitted stays", this::remove)
                        .needs(KEYS_WRITE),
                Route.delete(USER + "/sessions", "Signs a user out everywhere", this::signOut)
                        .needs(KEYS_WRITE),
                Route.post(
                                "/v1/revocations",
                                "Takes tokens of another issuer no more",
                                RevocationBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                RevocationBody.class,
                                this::revoke)
                        .needs(KEYS_WRITE));
    }

    private void list(Call call) {
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var after = call.query("cursor", Cursors::email);
        // One more than asked for says whether there is a further page.
        var users = engine.directory().users(after, limit + 1);
        var page = users.subList(0, Math.min(limit, users.size()));
        call.answer(
                new UserPage(
                        page.stream().map(UserRoutes::view).toList(),
                        users.size() > limit ? Cursors.of(page.getLast().email()) : null));
    }

    private void add(Call call) throws Exception {
        var body = call.body(UserBody.class);
        var user = callers.sessions().add(new Email(body.email()), body.password());
        note(call, "user.create", user.id(), Map.of("email", user.email().value()));
        call.answer(view(user));
    }

    private void show(Call call) {
        call.answer(view(get(call.user())));
    }

    private void change(Call call) throws Exception {
        var user = get(call.user());
        var body = call.body(UserChangeBody.class);
        if (body.password() != null) {
            callers.sessions().changePassword(user.id(), body.password());
            note(call, "user.password", user.id(), Map.of());
        }
        if (body.enabled() != null) {
            engine.directory().enableUser(user.id(), body.enabled());
            note(call, body.enabled() ? "user.enable" : "user.disable", user.id(), Map.of());
        }
        callers.forget();
        call.answer(view(get(user.id())));
    }

    private void remove(Call call) {
        var user = call.user();
        engine.directory().removeUser(user);
        callers.forget();
        note(call, "user.delete", user, Map.of());
        call.answerNothing();
    }

    private void signOut(Call call) {
        var user = get(call.user());
        engine.directory().endSessions(user.id());
        callers.forget();
        note(call, "user.sign_out", user.id(), Map.of());
        call.answerNothing();
    }

    private void revoke(Call call) throws Exception {
        var body = call.body(RevocationBody.class);
        var principal = new PrincipalId(body.principal());
        if (body.token() == null) {
            engine.directory().revokeTokens(principal);
        } else {
            engine.directory().revokeToken(principal, tokenId(body.token()));
        }
        callers.forget();
        engine.auditOfInstallation()
                .record(
                        call.principal().id(),
                        "token.revoke",
                        principal.value(),
                        body.token() == null ? Map.of() : Map.of("token", body.token()));
        call.answer(body);
    }

    private static String tokenId(String id) {
        if (id.isEmpty() || id.length() > PrincipalId.CHARS_MAX) {
            throw new KedgeException.Invalid("token", "the id of a token is wanted");
        }
        return id;
    }

    private User get(UserId id) {
        return engine.directory()
                .account(id)
                .orElseThrow(() -> new KedgeException.NotFound("user", id.toString()))
                .user();
    }

    private void note(Call call, String act, UserId user, Map<String, ?> details) {
        engine.auditOfInstallation()
                .record(call.principal().id(), act, user.principal().value(), details);
    }

    private static UserView view(User user) {
        return new UserView(
                user.id().toString(),
                user.id().principal().value(),
                user.email().value(),
                user.disabledAt() == null,
                user.createdAt(),
                user.signedInAt());
    }
}
