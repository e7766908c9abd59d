package dev.kedge.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something was refused or could not be done. Each kind has one status and code on the wire. */
public abstract sealed class KedgeException extends RuntimeException {

    private KedgeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The request makes no sense; {@link #field} says where. */
    public static final class Invalid extends KedgeException {
        private final String field;

        public Invalid(String field, String message) {
            super(field + ": " + message, null);
            this.field = field;
        }

        public String field() {
            return field;
        }
    }

    /** A value is larger than what is taken. */
    public static final class TooLarge extends KedgeException {
        private final String field;

        public TooLarge(String field, long bytes, long bytesMax) {
            super("%s: %d bytes, the limit is %d".formatted(field, bytes, bytesMax), null);
            this.field = field;
        }

        public String field() {
            return field;
        }
    }

    /** There is no such thing, or not for this caller. */
    public static final class NotFound extends KedgeException {
        public NotFound(String what, String name) {
            super("no %s '%s'".formatted(what, name), null);
        }
    }

    /** The caller may know of it, but may not do this with it. */
    public static final class Forbidden extends KedgeException {
        public Forbidden(String message) {
            super(message, null);
        }
    }

    /** It is there, but not in a state in which this can be done. */
    public static final class Conflict extends KedgeException {
        private final String code;
        private final transient @Nullable RunId run;

        public Conflict(String code, String message, @Nullable RunId run) {
            super(message, null);
            this.code = code;
            this.run = run;
        }

        /** What kind of conflict; stable, in {@code snake_case}. */
        public String code() {
            return code;
        }

        /** The run that is in the way, where one is. */
        public @Nullable RunId run() {
            return run;
        }
    }

    /** A limit is reached; the same request may succeed as soon as something has ended. */
    public static final class Exceeded extends KedgeException {
        public Exceeded(String message) {
            super(message, null);
        }
    }

    /** The namespace has a quota, and this is beyond it. */
    public static final class QuotaExceeded extends KedgeException {

        private final Duration wait;

        public QuotaExceeded(String message, Duration wait) {
            super(message, null);
            this.wait = wait;
        }

        /** How long to wait before the same request may succeed. */
        public Duration retryAfter() {
            return wait;
        }
    }

    /** A worker wrote under a lease that is no longer its own. */
    public static final class LeaseLost extends KedgeException {
        public LeaseLost(Lease lease) {
            super(
                    "the lease on run %s (epoch %d) is lost".formatted(lease.run(), lease.epoch()),
                    null);
        }
    }

    /** Not now; the same request may succeed later. */
    public static final class Unavailable extends KedgeException {
        public Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A fault of ours. */
    public static final class Internal extends KedgeException {
        public Internal(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
