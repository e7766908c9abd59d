package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Changes a user. What is left out stays.
 *
 * @param enabled whether the user may sign in
 * @param password a new one; every session of the user is over then
 */
public record UserChangeBody(@Nullable Boolean enabled, @Nullable String password) {

    /** Never the password. */
    @Override
    public String toString() {
        return "user change";
    }
}
