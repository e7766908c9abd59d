package dev.kedge.api;

import java.util.List;

/**
 * A role.
 *
 * @param sees {@code own} or {@code all}
 */
public record RoleView(String name, List<String> permissions, String sees, boolean builtIn) {}
