package dev.kedge.store;

import dev.kedge.model.DeploymentId;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.Spent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A run that was just leased, with what carrying it out takes.
 *
 * @param replays whether it may have a journal: false for the first lease of a run that repeats
 *     none
 * @param frees the lane in which another run may start as soon as this lease is over, because of a
 *     limit or an order; null where nothing waits for that
 * @param submitter who submitted it; null for Kedge itself and its operator
 */
public record Claimed(
        Lease lease,
        Namespace namespace,
        JobName job,
        int attempt,
        Spent spent,
        @Nullable DeploymentId deployment,
        Payload payload,
        @Nullable Integer maxAttempts,
        @Nullable Duration timeout,
        boolean replays,
        @Nullable Integer frees,
        @Nullable Identity submitter) {}
