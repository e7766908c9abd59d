package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A try of a run that ended without ending the run. */
public record AttemptView(
        int number,
        long epoch,
        String worker,
        @Nullable Instant startedAt,
        Instant endedAt,
        RunView.FailureView failure) {}
