package dev.kedge.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A name with permissions, held by somebody in a namespace.
 *
 * @param sight whose runs whoever holds it sees
 */
public record Role(String name, Set<Permission> permissions, Sight sight) {

    /** Whose runs are seen, and may be acted on. */
    public enum Sight {
        /** One's own. */
        OWN,
        /** Everybody's in the namespace. */
        ALL
    }

    public static final int PERMISSIONS_MAX = 64;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

    /** Of those who did not say who they are: it may do nothing by itself. */
    public static final Role ANON = new Role("anon", Set.of(), Sight.OWN);

    /** Of everybody who is known: submits runs, and sees those. */
    public static final Role AUTHENTICATED =
            new Role(
                    "authenticated",
                    all(EnumSet.of(Permission.Act.JOBS_READ, Permission.Act.JOBS_WRITE)),
                    Sight.OWN);

    /** May do everything in a namespace. */
    public static final Role ADMIN =
            new Role("admin", all(EnumSet.allOf(Permission.Act.class)), Sight.ALL);

    /** Of programs that act for others: all of it, in every namespace. */
    public static final Role SERVICE =
            new Role("service_role", all(EnumSet.allOf(Permission.Act.class)), Sight.ALL);

    /** Each has all that the one before it has. */
    public static final List<Role> BUILT_IN = List.of(ANON, AUTHENTICATED, ADMIN, SERVICE);

    public Role {
        checkName("role", name);
        permissions = Set.copyOf(permissions);
        Bounds.check("permissions", permissions.size(), 0, PERMISSIONS_MAX);
    }

    static void checkName(String field, String name) {
        Names.check(field, name, NAME);
    }

    /** The one of that name which is always there. */
    public static Optional<Role> builtIn(String name) {
        return BUILT_IN.stream().filter(role -> role.name.equals(name)).findFirst();
    }

    public boolean grants(Permission wanted) {
        return permissions.stream().anyMatch(permission -> permission.covers(wanted));
    }

    /** Whether it has the permission for some job at least. */
    public boolean grantsSome(Permission.Act act) {
        return permissions.stream().anyMatch(permission -> permission.act() == act);
    }

    /** The same role with no more than {@code scopes}: what both allow, the narrower of each. */
    public Role narrowedTo(Set<Permission> scopes) {
        var scope = new Role(name, scopes, sight);
        return new Role(
                name,
                Stream.concat(
                                permissions.stream().filter(scope::grants),
                                scopes.stream().filter(this::grants))
                        .collect(Collectors.toSet()),
                sight);
    }

    /** Whether whoever has this may give {@code other} away. */
    public boolean contains(Role other) {
        return other.permissions.stream().allMatch(this::grants)
                && (sight == Sight.ALL || other.sight == Sight.OWN);
    }

    /**
     * Whether the role {@code held} is enough where a job demands one of {@code required}. The
     * built-in roles rank; a role of an operator's own is met by itself, and by administrators.
     */
    public static boolean meetsOneOf(String held, List<String> required) {
        return required.isEmpty()
                || required.stream().anyMatch(one -> held.equals(one) || rank(held) > rank(one));
    }

    /** Roles of an operator's own stand side by side, above whoever is merely known. */
    private static int rank(String name) {
        return switch (name) {
            case "anon" -> 0;
            case "authenticated" -> 1;
            case "admin" -> 3;
            case "service_role" -> 4;
            default -> 2;
        };
    }

    private static Set<Permission> all(Set<Permission.Act> acts) {
        return acts.stream().map(Permission::to).collect(Collectors.toUnmodifiableSet());
    }
}
