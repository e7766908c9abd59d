package dev.kedge.store;

import dev.kedge.model.Failure;
import org.jspecify.annotations.Nullable;

/** The columns of a failure that may not be one. */
final class Failures {

    private Failures() {}

    static @Nullable String code(@Nullable Failure failure) {
        return failure == null ? null : failure.code().word();
    }

    static @Nullable String type(@Nullable Failure failure) {
        return failure == null ? null : failure.type();
    }

    static @Nullable String message(@Nullable Failure failure) {
        return failure == null ? null : failure.message();
    }

    static @Nullable String stack(@Nullable Failure failure) {
        return failure == null ? null : failure.stack();
    }
}
