package dev.kedge.embedded;

import org.jspecify.annotations.Nullable;

/** The server cannot be had. The message is one sentence that says why, and what to do about it. */
public final class EmbeddedException extends RuntimeException {

    EmbeddedException(String message) {
        this(message, null);
    }

    EmbeddedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
