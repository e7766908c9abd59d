package dev.kedge.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that the edge itself turns down. */
final class Refused extends RuntimeException {

    private final ErrorCode code;
    private final @Nullable String pointer;
    private final String detail;
    private final @Nullable Duration retryAfter;

    private Refused(
            ErrorCode code,
            @Nullable String pointer,
            String detail,
            @Nullable Duration retryAfter) {
        super(detail);
        this.code = code;
        this.pointer = pointer;
        this.detail = detail;
        this.retryAfter = retryAfter;
    }

    private Refused(ErrorCode code, @Nullable String pointer, String detail) {
        this(code, pointer, detail, null);
    }

    static Refused because(ErrorCode code, String detail) {
        return new Refused(code, null, detail);
    }

    /** It was done so often that it must wait for a while. */
    static Refused tooOften(String detail, Duration wait) {
        return new Refused(ErrorCode.RATE_LIMITED, null, detail, wait);
    }

    /** A query parameter makes no sense. */
    static Refused query(String name, String detail) {
        return new Refused(ErrorCode.INVALID, "?" + name, detail);
    }

    /** A part of the path makes no sense. */
    static Refused path(String name, String detail) {
        return new Refused(ErrorCode.INVALID, "{" + name + "}", detail);
    }

    static Refused header(String name, String detail) {
        return new Refused(ErrorCode.INVALID, name, detail);
    }

    ErrorCode code() {
        return code;
    }

    /** Which part is at fault, as in {@link dev.kedge.api.Problem.At}. */
    @Nullable String pointer() {
        return pointer;
    }

    String detail() {
        return detail;
    }

    /** When it may be tried again, where that is known. */
    @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
