package dev.kedge.store;

import dev.kedge.model.Permission;
import dev.kedge.model.Role;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads roles: the built-in ones by name alone, those of an operator from their row. */
final class Roles {

    private Roles() {}

    /** The role that {@code row} names; null where it is not defined any more. */
    static @Nullable Role of(Row row) throws SQLException {
        var name = row.text("role");
        var builtIn = Role.builtIn(name);
        if (builtIn.isPresent()) {
            return builtIn.get();
        }
        // A role without permissions is possible; one without a row has no word on its sight.
        return row.flagOrNull("sees_all") == null ? null : defined(name, row);
    }

    static Role defined(String name, Row row) throws SQLException {
        return new Role(
                name,
                permissions(row.texts("permissions")),
                row.flag("sees_all") ? Role.Sight.ALL : Role.Sight.OWN);
    }

    static Set<Permission> permissions(List<String> words) {
        return words.stream().map(Permission::parse).collect(Collectors.toUnmodifiableSet());
    }

    static String[] words(Collection<Permission> permissions) {
        return permissions.stream().map(Permission::toString).sorted().toArray(String[]::new);
    }
}
