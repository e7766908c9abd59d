package dev.kedge.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run that failed for good and waits for a person.
 *
 * @param run the run, by which the letter is known as well
 * @param poisoned whether workers died of it, rather than its code having failed
 * @param failure why its last attempt failed
 * @param attempts how many there were
 * @param payload left out in lists
 * @param history the attempts before the last one, oldest first; left out in lists
 */
public record DeadLetterView(
        String run,
        String job,
        boolean poisoned,
        Instant failedAt,
        RunView.FailureView failure,
        int attempts,
        @Nullable RawJson payload,
        @Nullable List<AttemptView> history) {}
