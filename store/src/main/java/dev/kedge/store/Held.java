package dev.kedge.store;

import dev.kedge.model.JobName;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.Spent;
import org.jspecify.annotations.Nullable;

/** A lease as the database has it. {@code cancelledBy} is null unless a stop was asked for. */
public record Held(
        Lease lease, Namespace namespace, JobName job, Spent spent, @Nullable String cancelledBy) {}
