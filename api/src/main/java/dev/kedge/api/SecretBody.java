package dev.kedge.api;

/** The value of a secret, on its way in. It never comes out again. */
public record SecretBody(String value) {

    @Override
    public String toString() {
        return "***";
    }
}
