package dev.kedge.engine;

import dev.kedge.engine.signal.RunWatch;
import dev.kedge.store.AuditStore;
import dev.kedge.store.Db;
import dev.kedge.store.DeadLetterStore;
import dev.kedge.store.DeploymentStore;
import dev.kedge.store.EventStore;
import dev.kedge.store.JobStore;
import dev.kedge.store.JournalStore;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.LimitStore;
import dev.kedge.store.LogStore;
import dev.kedge.store.RunStore;
import dev.kedge.store.TallyStore;
import dev.kedge.store.WorkerStore;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What the clients of one engine are made of.
 *
 * @param orders to be run after somebody asked a running run to stop
 * @param definitionsChanged to be run after a job, a lane or a function was changed
 * @param wakeAll to be run when runs that were held back may start
 */
record Parts(
        Db db,
        RunStore runs,
        LeaseStore leases,
        LogStore logs,
        JobStore jobs,
        DeploymentStore deployments,
        TallyStore tallies,
        WorkerStore workers,
        JournalStore journals,
        EventStore events,
        DeadLetterStore deadLetters,
        LimitStore limits,
        AuditStore audits,
        RunWatch watch,
        Looks looks,
        Submissions submissions,
        Publications publications,
        Supplier<UUID> uuids,
        Runnable orders,
        Runnable definitionsChanged,
        Runnable wakeAll) {}
