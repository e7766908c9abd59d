package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not granted (RFC 9457, {@code application/problem+json}).
 *
 * @param type a URI that stands for the code
 * @param status the HTTP status
 * @param code what programs go by; stable
 * @param errors which parts of the request are at fault, where that can be said
 * @param retryable whether the same request may succeed later
 * @param runId the run that is in the way, where one is
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        @Nullable List<At> errors,
        @Nullable Boolean retryable,
        @Nullable String runId) {

    public static final String MEDIA_TYPE = "application/problem+json";

    /**
     * One fault.
     *
     * @param pointer where in the body (a JSON Pointer), or which parameter: {@code ?limit}, {@code
     *     {id}} in the path, or the name of a header
     */
    public record At(String pointer, String detail) {}
}
