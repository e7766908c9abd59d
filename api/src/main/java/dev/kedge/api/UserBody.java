package dev.kedge.api;

/** Adds a user. */
public record UserBody(String email, String password) {

    /** Never the password. */
    @Override
    public String toString() {
        return "user";
    }
}
