package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * Who submitted a run, as it was known then. Later changes of role or e-mail do not reach it.
 *
 * @param role the name of the role under which it was submitted
 */
public record Identity(PrincipalId id, String role, @Nullable String email) {

    public static final int ROLE_CHARS_MAX = 63;
    public static final int EMAIL_CHARS_MAX = 254;

    public Identity {
        Texts.check("role", role, ROLE_CHARS_MAX);
        if (email != null) {
            Texts.check("email", email, EMAIL_CHARS_MAX);
        }
    }
}
