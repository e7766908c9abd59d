package dev.kedge.model;

import java.time.Instant;

/**
 * A run that failed for good and waits for a person. In lists, the payload is left out (JSON null).
 *
 * @param poisoned whether workers died of it, rather than its code having failed
 */
public record DeadLetter(
        RunId run,
        JobName job,
        boolean poisoned,
        Instant failedAt,
        Failure failure,
        int attempts,
        Payload payload) {}
