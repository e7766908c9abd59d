package dev.kedge.server;

import static dev.kedge.model.Permission.Act.KEYS_WRITE;

import dev.kedge.api.MemberBody;
import dev.kedge.api.MemberPage;
import dev.kedge.api.MemberView;
import dev.kedge.api.RoleBody;
import dev.kedge.api.RoleView;
import dev.kedge.api.RolesView;
import dev.kedge.engine.Engine;
import dev.kedge.model.Email;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Member;
import dev.kedge.model.Membership;
import dev.kedge.model.Namespace;
import dev.kedge.model.Permission;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import dev.kedge.model.RunFilter;
import dev.kedge.model.UserId;
import dev.kedge.server.caller.Callers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Roles, and who holds which of them in a namespace. */
final class MemberRoutes {

    private static final String MEMBERS = "/v1/namespaces/{ns}/members";
    private static final String MEMBER = MEMBERS + "/{principal}";
    private static final String ROLES = "/v1/roles";
    private static final String ROLE = ROLES + "/{role}";
    private static final String USER = "user:";
    private static final String EXTERNAL = "external:";
    private static final Pattern OF_ISSUER = Pattern.compile(EXTERNAL + "[^:]+:.+");

    private final Engine engine;
    private final Callers callers;

    MemberRoutes(Engine engine, Callers callers) {
        this.engine = engine;
        this.callers = callers;
    }

    List<Route> routes() {
        return List.of(
                Route.get(MEMBERS, "Lists the members of a namespace", MemberPage.class, this::list)
                        .taking("limit", "cursor")
                        .needs(KEYS_WRITE),
                Route.put(
                                MEMBER,
                                "Makes somebody a member, or gives a member another role; a user"
                                        + " may be named by e-mail address",
                                MemberBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                MemberView.class,
                                this::put)
                        .needs(KEYS_WRITE),
                Route.delete(MEMBER, "Ends a membership", this::remove).needs(KEYS_WRITE),
                Route.get(ROLES, "Lists the roles", RolesView.class, this::roles)
                        .forAllWhoAreKnown(),
                Route.put(
                                ROLE,
                                "Defines a role, or replaces its definition",
                                RoleBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                RoleView.class,
                                this::define)
                        .needs(KEYS_WRITE),
                Route.delete(
                                ROLE,
                                "Removes a role; who holds it may do nothing by it",
                                this::undefine)
                        .needs(KEYS_WRITE));
    }

    static RoleView view(Role role) {
        return new RoleView(
                role.name(),
                role.permissions().stream().map(Permission::toString).sorted().toList(),
                role.sight().name().toLowerCase(Locale.ROOT),
                Role.builtIn(role.name()).isPresent());
    }

    private void list(Call call) {
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var after = call.query("cursor", Cursors::member);
        // One more than asked for says whether there is a further page.
        var members = engine.directory().members(call.namespace(), after, limit + 1);
        var page = members.subList(0, Math.min(limit, members.size()));
        call.answer(
                new MemberPage(
                        page.stream().map(MemberRoutes::view).toList(),
                        members.size() > limit
                                ? Cursors.ofMember(page.getLast().principal().value())
                                : null));
    }

    private void put(Call call) throws Exception {
        var namespace = call.namespace();
        var principal = principal(call);
        var name = call.body(MemberBody.class).role();
        var role =
                engine.directory()
                        .role(name)
                        .filter(known -> !known.name().equals(Role.SERVICE.name()))
                        .orElseThrow(() ->
                                new KedgeException.Invalid(
                                        "role",
                                        "members cannot have the role '%s'".formatted(name)));
        checkMayChange(call, principal, namespace);
        checkMayGive(call, role);
        engine.directory().putMember(principal, namespace, role.name());
        callers.forget();
        engine.audit(namespace)
                .record(
                        call.principal().id(),
                        "member.put",
                        principal.value(),
                        Map.of("role", role.name()));
        call.answer(new MemberView(principal.value(), null, role.name(), null));
    }

    private void remove(Call call) {
        var namespace = call.namespace();
        var principal = principal(call);
        checkMayChange(call, principal, namespace);
        engine.directory().removeMember(principal, namespace);
        callers.forget();
        engine.audit(namespace)
                .record(call.principal().id(), "member.delete", principal.value(), Map.of());
        call.answerNothing();
    }

    /** Nobody takes a role away from somebody who may do more. */
    private void checkMayChange(Call call, PrincipalId principal, Namespace namespace) {
        engine.directory().memberships(principal).stream()
                .filter(membership -> membership.namespace().equals(namespace))
                .map(Membership::role)
                .forEach(held -> checkMayGive(call, held));
    }

    private static void checkMayGive(Call call, Role role) {
        if (!call.roleHere().contains(role)) {
            throw Refused.because(
                    ErrorCode.FORBIDDEN,
                    "the role '%s' has permissions that you do not have".formatted(role.name()));
        }
    }

    /** Somebody who is known here, or whom another issuer knows. */
    private PrincipalId principal(Call call) {
        var text = call.text("principal");
        if (text.startsWith(EXTERNAL)) {
            if (!OF_ISSUER.matcher(text).matches()) {
                throw new KedgeException.Invalid(
                        "principal", "is written external:<issuer>:<subject>");
            }
            return new PrincipalId(text);
        }
        var directory = engine.directory();
        var account =
                text.startsWith(USER)
                        ? directory.account(UserId.parse(text.substring(USER.length())))
                        : directory.account(new Email(text));
        return account.orElseThrow(() -> new KedgeException.NotFound("user", text))
                .user()
                .id()
                .principal();
    }

    private void roles(Call call) {
        call.answer(
                new RolesView(
                        Stream.concat(Role.BUILT_IN.stream(), engine.directory().roles().stream())
                                .map(MemberRoutes::view)
                                .toList()));
    }

    private void define(Call call) throws Exception {
        var body = call.body(RoleBody.class);
        var role =
                new Role(
                        call.text("role"),
                        body.permissions().stream()
                                .map(Permission::parse)
                                .collect(Collectors.toUnmodifiableSet()),
                        switch (body.sees()) {
                            case OWN -> Role.Sight.OWN;
                            case ALL -> Role.Sight.ALL;
                        });
        checkMayGive(call, role);
        engine.directory().defineRole(role);
        callers.forget();
        engine.auditOfInstallation()
                .record(
                        call.principal().id(),
                        "role.put",
                        role.name(),
                        Map.of("permissions", view(role).permissions()));
        call.answer(view(role));
    }

    private void undefine(Call call) {
        var role = call.text("role");
        engine.directory().removeRole(role);
        callers.forget();
        engine.auditOfInstallation().record(call.principal().id(), "role.delete", role, Map.of());
        call.answerNothing();
    }

    private static MemberView view(Member member) {
        return new MemberView(
                member.principal().value(), member.email(), member.role(), member.since());
    }
}
