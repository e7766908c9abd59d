package dev.kedge.model;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that is to be made, without its secret.
 *
 * @param role by name
 * @param scopes what the key is good for, of all that its role allows; empty for all of it
 * @param namespaces what it reaches; empty for every one
 * @param lifetime null for a key that does not expire
 */
public record NewApiKey(
        String name,
        String role,
        Set<Permission> scopes,
        List<Namespace> namespaces,
        PrincipalId madeBy,
        @Nullable Duration lifetime) {

    public static final int NAME_CHARS_MAX = 100;
    public static final Duration LIFETIME_MAX = Duration.ofDays(3_660);

    public NewApiKey {
        scopes = Set.copyOf(scopes);
        namespaces = namespaces.stream().distinct().toList();
        Texts.check("name", name, NAME_CHARS_MAX);
        Bounds.check("permissions", scopes.size(), 0, Role.PERMISSIONS_MAX);
        Bounds.check("namespaces", namespaces.size(), 0, Principal.MEMBERSHIPS_MAX);
        if (lifetime != null) {
            Bounds.check("expiresIn", lifetime, Duration.ofSeconds(1), LIFETIME_MAX);
        }
    }
}
