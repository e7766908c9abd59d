package dev.kedge.server;

import dev.kedge.api.PasswordBody;
import dev.kedge.api.RefreshBody;
import dev.kedge.api.SessionView;
import dev.kedge.api.SignInBody;
import dev.kedge.api.WhoView;
import dev.kedge.model.UserId;
import dev.kedge.server.caller.Callers;
import dev.kedge.server.caller.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Signing in, staying signed in, signing out; and who one is. */
final class SessionRoutes {

    /** How often a password may be wrong, for one user and from one address. */
    static final Throttle.Rate WRONG_FOR_USER = new Throttle.Rate(10, Duration.ofMinutes(10));

    static final Throttle.Rate WRONG_FROM_ADDRESS = new Throttle.Rate(30, Duration.ofMinutes(10));

    private static final String SESSION = "/v1/session";

    private final Callers callers;
    private final RequestRates rates;
    private final Throttle users = new Throttle(WRONG_FOR_USER);
    private final Throttle addresses = new Throttle(WRONG_FROM_ADDRESS);

    SessionRoutes(Callers callers, RequestRates rates) {
        this.callers = callers;
        this.rates = rates;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/v1/sign-in",
                                "Signs a user in",
                                SignInBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                SessionView.class,
                                this::signIn)
                        .creating()
                        .withoutKey(),
                Route.post(
                                SESSION + "/refresh",
                                "Gives new tokens for a refresh token, which is spent by that",
                                RefreshBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                SessionView.class,
                                this::refresh)
                        .withoutKey(),
                Route.delete(
                                SESSION,
                                "Signs the user out whose access token this is",
                                this::signOut)
                        .forAllWhoAreKnown(),
                Route.post(
                                SESSION + "/password",
                                "Changes one's own password and signs out everywhere",
                                PasswordBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                SessionView.class,
                                this::changePassword)
                        .forAllWhoAreKnown(),
                Route.get("/v1/whoami", "Says who is asking", WhoView.class, this::who)
                        .forAllWhoAreKnown());
    }

    private void signIn(Call call) throws Exception {
        var body = call.body(SignInBody.class);
        var user = body.email().toLowerCase(Locale.ROOT);
        checkPatience(user, call);
        var tokens = callers.sessions().signIn(body.email(), body.password());
        if (tokens.isEmpty()) {
            throw wrong(user, call);
        }
        call.answer(view(tokens.get()));
    }

    private void refresh(Call call) throws Exception {
        var tokens = callers.sessions().refresh(call.body(RefreshBody.class).refreshToken());
        call.answer(
                view(
                        tokens.orElseThrow(() ->
                                Refused.because(
                                        ErrorCode.UNAUTHENTICATED,
                                        "this session is over; sign in again"))));
    }

    private void signOut(Call call) {
        Gate.credential(call.http()).ifPresent(callers.sessions()::signOut);
        call.answerNothing();
    }

    private void changePassword(Call call) throws Exception {
        var body = call.body(PasswordBody.class);
        var id = call.principal().id().value();
        checkPatience(id, call);
        var user = UserId.of(call.principal().id());
        var email = call.principal().email();
        if (user.isEmpty() || email == null) {
            throw Refused.because(ErrorCode.FORBIDDEN, "only a user has a password");
        }
        if (!callers.sessions().isPassword(user.get(), body.password())) {
            throw wrong(id, call);
        }
        callers.sessions().changePassword(user.get(), body.newPassword());
        call.answer(view(callers.sessions().signIn(email, body.newPassword()).orElseThrow()));
    }

    private void who(Call call) {
        var principal = call.principal();
        call.answer(
                new WhoView(
                        principal.id().value(),
                        principal.email(),
                        principal.everywhere() == null
                                ? null
                                : MemberRoutes.view(principal.everywhere()),
                        principal.memberships().stream()
                                .map(each ->
                                        new WhoView.In(
                                                each.namespace().value(),
                                                MemberRoutes.view(each.role())))
                                .toList()));
    }

    /** Refuses to try a password where it was wrong too often; whether it is right stays unsaid. */
    private void checkPatience(String user, Call call) {
        var wait =
                Duration.ofNanos(
                        Math.max(
                                users.untilToken(user).toNanos(),
                                addresses.untilToken(rates.sender(call.http())).toNanos()));
        if (!wait.isZero()) {
            throw Refused.tooOften("there were too many wrong passwords", wait);
        }
    }

    private Refused wrong(String user, Call call) {
        users.take(user);
        addresses.take(rates.sender(call.http()));
        return Refused.because(
                ErrorCode.UNAUTHENTICATED, "the e-mail address or the password is wrong");
    }

    private static SessionView view(Sessions.Tokens tokens) {
        return new SessionView(
                tokens.access(), Sessions.ACCESS_LIFETIME.toSeconds(), tokens.refresh());
    }
}
