package dev.kedge.server;

import java.util.Locale;

/**
 * Every code a problem can have. They are part of the contract and stand in {@code docs/errors.md}:
 * add, never rename.
 */
enum ErrorCode {
    INVALID(400, "A part of the request makes no sense", false),
    MALFORMED_JSON(400, "The body is not acceptable JSON", false),
    BAD_REQUEST(400, "The request is not acceptable HTTP", false),
    UNAUTHENTICATED(401, "A key is wanted here", false),
    FORBIDDEN(403, "This needs a permission that you do not have", false),
    FOREIGN_ORIGIN(403, "Not for pages of other origins", false),
    NOT_FOUND(404, "There is no such thing", false),
    METHOD_NOT_ALLOWED(405, "Not with this method", false),
    REQUEST_TIMEOUT(408, "The request did not arrive in time", true),
    CONFLICT(409, "Not in the state it is in", false),
    EMAIL_TAKEN(409, "There is a user of this address", false),
    KEY_TAKEN(409, "An active run has the business key", false),
    JOB_DISABLED(409, "The job accepts no runs", false),
    ALREADY_ENDED(409, "The run has ended", false),
    NOT_ENDED(409, "The run has not ended", false),
    NOT_COMPLETED(409, "The run has no result", false),
    NOT_FAILED(409, "The run has not failed", false),
    JOB_NAME_TAKEN(409, "Somebody else carries out the job of this name", false),
    LEASE_LOST(409, "The lease is lost", false),
    SECRETS_OFF(409, "This server keeps no secrets", false),
    SECRET_UNREADABLE(409, "The secret cannot be opened", false),
    TOO_LARGE(413, "Larger than what is taken", false),
    URI_TOO_LONG(414, "The address is too long", false),
    UNSUPPORTED_MEDIA_TYPE(415, "JSON is wanted here", false),
    WRONG_HOST(421, "Not addressed to this server", false),
    CONCURRENCY_EXCEEDED(429, "As many runs of the job are active as may be", true),
    QUOTA_EXCEEDED(429, "The namespace's quota is reached", true),
    RATE_LIMITED(429, "Too often", true),
    HEADERS_TOO_LARGE(431, "The headers are too large", false),
    INTERNAL(500, "A fault of ours", false),
    UNAVAILABLE(503, "Not now", true),
    BUSY(503, "Too much at the same time", true);

    private final int status;
    private final String title;
    private final boolean retryable;

    ErrorCode(int status, String title, boolean retryable) {
        this.status = status;
        this.title = title;
        this.retryable = retryable;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    boolean retryable() {
        return retryable;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The code that stands for a status which the HTTP library answers by itself. */
    static ErrorCode ofStatus(int status) {
        return switch (status) {
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 408 -> REQUEST_TIMEOUT;
            case 413 -> TOO_LARGE;
            case 414 -> URI_TOO_LONG;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 421 -> WRONG_HOST;
            case 431 -> HEADERS_TOO_LARGE;
            case 503 -> UNAVAILABLE;
            default -> status >= 500 ? INTERNAL : BAD_REQUEST;
        };
    }

    /** The code of a conflict that the engine reports under {@code word}. */
    static ErrorCode ofConflict(String word) {
        for (var code : values()) {
            if (code.status == 409 && code.word().equals(word)) {
                return code;
            }
        }
        return CONFLICT;
    }
}
