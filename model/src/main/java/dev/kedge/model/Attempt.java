package dev.kedge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A try of a run that ended without ending the run: it failed and was retried, or its worker died.
 *
 * @param epoch the lease it was made under
 */
public record Attempt(
        int number,
        long epoch,
        WorkerId worker,
        @Nullable Instant startedAt,
        Instant endedAt,
        Failure failure) {}
