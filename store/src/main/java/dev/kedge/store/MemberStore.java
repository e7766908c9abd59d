package dev.kedge.store;

import dev.kedge.model.Identity;
import dev.kedge.model.Member;
import dev.kedge.model.Membership;
import dev.kedge.model.Namespace;
import dev.kedge.model.Principal;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import dev.kedge.model.RunId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Roles, and who holds them where. */
public final class MemberStore {

    private static final Sql PUT = Sql.load("member_put");
    private static final Sql REMOVE = Sql.load("member_remove");
    private static final Sql LIST = Sql.load("member_list");
    private static final Sql OF = Sql.load("member_of");
    private static final Sql ROLE_PUT = Sql.load("role_put");
    private static final Sql ROLE_LIST = Sql.load("role_list");
    private static final Sql ROLE_FIND = Sql.load("role_find");
    private static final Sql ROLE_REMOVE = Sql.load("role_remove");
    private static final Sql REVOKE = Sql.load("revocation_put");
    private static final Sql REVOKED = Sql.load("revocation_find");
    private static final Sql BEARER = Sql.load("run_bearer");

    /** Says whether it was done: false where the principal is a member of too many already. */
    public boolean put(Tx tx, PrincipalId principal, Namespace namespace, String role) {
        return tx.first(
                        PUT.with("principal", principal.value())
                                .with("namespace", namespace.value())
                                .with("role", role)
                                .with("memberships_max", Principal.MEMBERSHIPS_MAX),
                        row -> row.text("role"))
                != null;
    }

    public boolean remove(Tx tx, PrincipalId principal, Namespace namespace) {
        return tx.update(
                        REMOVE.with("principal", principal.value())
                                .with("namespace", namespace.value()))
                == 1;
    }

    public List<Member> list(Tx tx, Namespace namespace, @Nullable String after, int limit) {
        return tx.query(
                LIST.with("namespace", namespace.value()).with("after", after).with("limit", limit),
                MemberStore::member);
    }

    /** Whose run it is, while the attempt of that epoch is under way; else null. */
    public @Nullable Identity submitter(Tx tx, Namespace namespace, RunId run, long epoch) {
        return tx.first(
                BEARER.with("namespace", namespace.value())
                        .with("run_id", run.value())
                        .with("epoch", epoch),
                row ->
                        new Identity(
                                new PrincipalId(row.text("submitted_by")),
                                row.text("submitter_role"),
                                row.textOrNull("submitter_email")));
    }

    /** Where {@code principal} is a member. A role that is not defined any more counts for none. */
    public List<Membership> of(Tx tx, PrincipalId principal) {
        return tx.query(
                OF.with("principal", principal.value()),
                row ->
                        new Membership(
                                new Namespace(row.text("namespace")),
                                Objects.requireNonNullElse(Roles.of(row), Role.ANON)));
    }

    public void putRole(Tx tx, Role role) {
        tx.update(
                ROLE_PUT.with("name", role.name())
                        .with("permissions", Roles.words(role.permissions()))
                        .with("sees_all", role.sight() == Role.Sight.ALL));
    }

    public List<Role> roles(Tx tx, int limit) {
        return tx.query(
                ROLE_LIST.with("limit", limit), row -> Roles.defined(row.text("name"), row));
    }

    /** One that an operator has defined. */
    public @Nullable Role role(Tx tx, String name) {
        return tx.first(ROLE_FIND.with("name", name), row -> Roles.defined(name, row));
    }

    public boolean removeRole(Tx tx, String name) {
        return tx.update(ROLE_REMOVE.with("name", name)) == 1;
    }

    /** Takes one token of a principal no more; or, with an empty id, all issued until now. */
    public void revoke(Tx tx, PrincipalId principal, String token) {
        tx.update(REVOKE.with("principal", principal.value()).with("token", token));
    }

    public boolean isRevoked(Tx tx, PrincipalId principal, String token, Instant issuedAt) {
        return tx.one(
                REVOKED.with("principal", principal.value())
                        .with("token", token)
                        .with("issued_at", issuedAt),
                row -> row.flag("revoked"));
    }

    private static Member member(Row row) throws SQLException {
        return new Member(
                new PrincipalId(row.text("principal")),
                row.textOrNull("email"),
                row.text("role"),
                row.time("since"));
    }
}
