package dev.kedge.api;

/** Signs a user in. */
public record SignInBody(String email, String password) {

    /** Never the password. */
    @Override
    public String toString() {
        return "sign-in";
    }
}
