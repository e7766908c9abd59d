package dev.kedge.api;

/** Asks for new tokens. */
public record RefreshBody(String refreshToken) {

    /** Never the token. */
    @Override
    public String toString() {
        return "refresh";
    }
}
