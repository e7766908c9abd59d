package dev.kedge.api;

import java.util.List;

/**
 * Defines a role.
 *
 * @param sees whose runs its holders see
 */
public record RoleBody(List<String> permissions, Sight sees) {

    public enum Sight {
        OWN,
        ALL
    }
}
