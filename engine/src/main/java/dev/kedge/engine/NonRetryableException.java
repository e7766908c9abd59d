package dev.kedge.engine;

import org.jspecify.annotations.Nullable;

/** Thrown by user code: trying again cannot mend this. The run fails without further attempts. */
public class NonRetryableException extends RuntimeException {

    public NonRetryableException(String message) {
        this(message, null);
    }

    public NonRetryableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
