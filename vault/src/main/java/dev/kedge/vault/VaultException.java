package dev.kedge.vault;

import org.jspecify.annotations.Nullable;

/** A key is missing or wrong, or what was sealed is not what it was. Never says a value. */
public final class VaultException extends RuntimeException {

    public VaultException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    VaultException(String message) {
        this(message, null);
    }
}
