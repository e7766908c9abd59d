package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking.
 *
 * @param everywhere the role held in every namespace
 */
public record WhoView(
        String principal,
        @Nullable String email,
        @Nullable RoleView everywhere,
        List<In> memberships) {

    /** A role held in one namespace. */
    public record In(String namespace, RoleView role) {}
}
