package dev.kedge.api;

/** Changes one's own password. */
public record PasswordBody(String password, String newPassword) {

    /** Never the passwords. */
    @Override
    public String toString() {
        return "password";
    }
}
