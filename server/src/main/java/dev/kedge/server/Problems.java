package dev.kedge.server;

import dev.kedge.api.JsonRefused;
import dev.kedge.api.Problem;
import dev.kedge.model.KedgeException;
import dev.kedge.model.RunId;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a caller is told when something was refused or went wrong. */
final class Problems {

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private Problems() {}

    static Problem of(ErrorCode code, String detail) {
        return problem(code, detail, null, null);
    }

    static Problem from(Refused refused) {
        var pointer = refused.pointer();
        return problem(
                refused.code(),
                pointer == null ? refused.detail() : pointer + ": " + refused.detail(),
                pointer == null ? null : new Problem.At(pointer, refused.detail()),
                null);
    }

    static Problem from(JsonRefused refused) {
        var code = refused.syntax() ? ErrorCode.MALFORMED_JSON : ErrorCode.INVALID;
        return problem(
                code,
                String.valueOf(refused.getMessage()),
                new Problem.At(refused.pointer(), refused.detail()),
                null);
    }

    static Problem from(KedgeException refusal) {
        return from(refusal, "");
    }

    /** The same for a refusal of a part of the body; {@code within} is the part's pointer. */
    static Problem from(KedgeException refusal, String within) {
        var detail = String.valueOf(refusal.getMessage());
        return switch (refusal) {
            case KedgeException.Invalid invalid ->
                    problem(ErrorCode.INVALID, detail, at(within, invalid.field(), detail), null);
            case KedgeException.TooLarge large ->
                    problem(ErrorCode.TOO_LARGE, detail, at(within, large.field(), detail), null);
            case KedgeException.NotFound _ ->
                    problem(
                            ErrorCode.NOT_FOUND,
                            detail,
                            within.isEmpty() ? null : new Problem.At(within, detail),
                            null);
            case KedgeException.Forbidden _ -> of(ErrorCode.FORBIDDEN, detail);
            case KedgeException.Conflict conflict ->
                    problem(ErrorCode.ofConflict(conflict.code()), detail, null, conflict.run());
            case KedgeException.Exceeded _ -> of(ErrorCode.CONCURRENCY_EXCEEDED, detail);
            case KedgeException.QuotaExceeded _ -> of(ErrorCode.QUOTA_EXCEEDED, detail);
            case KedgeException.LeaseLost _ -> of(ErrorCode.LEASE_LOST, detail);
            case KedgeException.Unavailable _ ->
                    of(
                            ErrorCode.UNAVAILABLE,
                            "the database does not answer; whether this was done is not known");
            case KedgeException.Internal _ -> internal();
        };
    }

    static Problem internal() {
        return of(ErrorCode.INTERNAL, "this is a fault of the server; its log says more");
    }

    private static Problem.At at(String within, String field, String detail) {
        var prefix = field + ": ";
        return new Problem.At(
                within + "/" + field.replace('.', '/'),
                detail.startsWith(prefix) ? detail.substring(prefix.length()) : detail);
    }

    /** What is said may quote what came, and that may be anything. */
    private static String printable(String text) {
        return CONTROL.matcher(text).replaceAll("\uFFFD");
    }

    private static Problem problem(
            ErrorCode code, String detail, Problem.@Nullable At at, @Nullable RunId run) {
        return new Problem(
                "urn:kedge:error:" + code.word(),
                code.title(),
                code.status(),
                printable(detail),
                code.word(),
                at == null
                        ? null
                        : List.of(new Problem.At(printable(at.pointer()), printable(at.detail()))),
                code.retryable() ? Boolean.TRUE : null,
                run == null ? null : run.toString());
    }
}
