package dev.kedge.model;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, and what they may do.
 *
 * @param email where they are a person and it is known
 * @param everywhere the role they hold in every namespace; null for all but services
 * @param memberships what they are in single namespaces; at most one of each
 */
public record Principal(
        PrincipalId id,
        @Nullable String email,
        @Nullable Role everywhere,
        List<Membership> memberships) {

    /** More are not sent to the database with every statement. */
    public static final int MEMBERSHIPS_MAX = 100;

    /** Somebody who did not say who they are. */
    public static final Principal ANON = new Principal(PrincipalId.ANON, null, null, List.of());

    public Principal {
        memberships = List.copyOf(memberships);
        Bounds.check("memberships", memberships.size(), 0, MEMBERSHIPS_MAX);
        if (memberships.stream().map(Membership::namespace).distinct().count()
                != memberships.size()) {
            throw new KedgeException.Invalid("memberships", "a namespace stands there twice");
        }
    }

    /** A program that reaches every namespace and may act for others. */
    public static Principal service(PrincipalId id) {
        return new Principal(id, null, Role.SERVICE, List.of());
    }

    /** What they are in {@code namespace}; empty where it does not exist for them. */
    public Optional<Role> roleIn(Namespace namespace) {
        return everywhere != null
                ? Optional.of(everywhere)
                : memberships.stream()
                        .filter(membership -> membership.namespace().equals(namespace))
                        .map(Membership::role)
                        .findFirst();
    }

    public boolean may(Permission permission, Namespace namespace) {
        return roleIn(namespace).filter(role -> role.grants(permission)).isPresent();
    }

    /** Whether they may do it in every namespace, those included that nobody has named yet. */
    public boolean mayEverywhere(Permission permission) {
        return everywhere != null && everywhere.grants(permission);
    }

    /** What PostgreSQL is told of them when they act in {@code namespace}. */
    public Claims claims(Namespace namespace) {
        var identity = new Identity(id, roleIn(namespace).orElse(Role.ANON).name(), email);
        if (everywhere != null) {
            return Claims.everywhere(identity);
        }
        var claims = Claims.none(identity);
        for (var membership : memberships) {
            claims = reaching(claims, membership);
        }
        return claims;
    }

    private static Claims reaching(Claims claims, Membership membership) {
        var namespace = membership.namespace();
        var role = membership.role();
        var reaching = claims;
        var reads = role.grantsSome(Permission.Act.JOBS_READ);
        if (reads && role.sight() == Role.Sight.ALL) {
            reaching = reaching.seeingAll(namespace);
        } else if (reads || role.grantsSome(Permission.Act.JOBS_WRITE)) {
            reaching = reaching.seeingOwn(namespace); // A submission is answered with its run.
        }
        if (role.grantsSome(Permission.Act.JOBS_WRITE)) {
            reaching = reaching.submitting(namespace);
        }
        if (role.grantsSome(Permission.Act.JOBS_ADMIN)) {
            reaching = reaching.administering(namespace);
        }
        return reaching;
    }

    /** Whether they may submit runs on behalf of others. */
    public boolean actsForOthers() {
        return everywhere != null && everywhere.name().equals(Role.SERVICE.name());
    }
}
