package dev.kedge.store;

import dev.kedge.model.DeploymentId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lane that a worker is ready to take runs from, and the code it would start new ones with.
 *
 * @param limited whether it must be claimed with a look at limits; the claims themselves know
 *     better, so an offer that is out of date gets nothing for a while, and never too much
 */
public record Offer(int lane, @Nullable DeploymentId deployment, boolean limited) {

    /** A lane without limits. */
    public Offer(int lane, @Nullable DeploymentId deployment) {
        this(lane, deployment, false);
    }

    /** As a column of a batch has it; null where nothing is offered, or nothing deployed. */
    static @Nullable UUID deploymentOf(@Nullable Offer offer) {
        return offer == null || offer.deployment() == null ? null : offer.deployment().value();
    }
}
