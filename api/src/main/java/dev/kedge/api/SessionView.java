package dev.kedge.api;

/**
 * What a user who has signed in works with.
 *
 * @param accessToken to be sent as a bearer token
 * @param expiresInSeconds how long the access token is good for
 * @param refreshToken good for one further pair of tokens
 */
public record SessionView(String accessToken, long expiresInSeconds, String refreshToken) {

    /** Never the tokens. */
    @Override
    public String toString() {
        return "session";
    }
}
