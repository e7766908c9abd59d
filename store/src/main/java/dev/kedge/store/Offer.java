package dev.kedge.store;

import dev.kedge.model.DeploymentId;
import org.jspecify.annotations.Nullable;

/** A lane that a worker is ready to take runs from, and the code it would start new ones with. */
public record Offer(int lane, @Nullable DeploymentId deployment) {}
