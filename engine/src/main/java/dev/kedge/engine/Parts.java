package dev.kedge.engine;

import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.AuditNote;
import dev.kedge.model.Claims;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
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
import dev.kedge.store.QuotaStore;
import dev.kedge.store.RunStore;
import dev.kedge.store.TallyStore;
import dev.kedge.store.TriggerStore;
import dev.kedge.store.Tx;
import dev.kedge.store.WorkerStore;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one engine are made of.
 *
 * @param caller whose clients they are; null for the engine's own, which reach everything
 * @param scheduled to be run after schedules were made or changed
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
        TriggerStore triggers,
        DeadLetterStore deadLetters,
        LimitStore limits,
        QuotaStore quotas,
        AuditStore audits,
        RunWatch watch,
        Looks looks,
        Submissions submissions,
        Publications publications,
        Supplier<UUID> uuids,
        Runnable scheduled,
        Runnable orders,
        Runnable definitionsChanged,
        Runnable wakeAll,
        @Nullable Claims caller) {

    Parts as(Claims claims) {
        return new Parts(
                db,
                runs,
                leases,
                logs,
                jobs,
                deployments,
                tallies,
                workers,
                journals,
                events,
                triggers,
                deadLetters,
                limits,
                quotas,
                audits,
                watch,
                looks,
                submissions,
                publications,
                uuids,
                scheduled,
                orders,
                definitionsChanged,
                wakeAll,
                claims);
    }

    /** The database as the caller sees it. */
    Db seen() {
        return caller == null ? db : db.as(caller);
    }

    Author author() {
        return caller == null ? Author.ENGINE : new Author(caller.identity(), caller);
    }

    /**
     * Writes down that the caller did this, in the very transaction in which it is done. To be the
     * last thing in it: until its end, whoever administers the namespace waits.
     */
    void writeDown(Tx tx, Namespace namespace, String act, String subject, Map<String, ?> details) {
        // Nobody but the engine may write there, so that no caller can write what is not true.
        audits.append(
                tx.asEngine(),
                namespace,
                caller == null ? PrincipalId.OPERATOR : caller.id(),
                new AuditNote(act, subject, JacksonCodec.SHARED.encode(details)));
    }

    /**
     * @throws KedgeException.NotFound the caller does not reach the namespace
     * @throws KedgeException.Forbidden it may not submit there
     */
    void checkMaySubmit(Namespace namespace) {
        if (caller != null && !caller.maySubmitTo(namespace)) {
            throw refusal(caller, namespace, "submit runs to");
        }
    }

    /**
     * @throws KedgeException.NotFound the caller does not reach the namespace
     * @throws KedgeException.Forbidden it may not administer it
     */
    void checkMayAdminister(Namespace namespace) {
        if (caller != null && !caller.mayAdminister(namespace)) {
            throw refusal(caller, namespace, "administer");
        }
    }

    /**
     * @throws KedgeException.NotFound the caller does not reach the namespace
     */
    void checkReaches(Namespace namespace) {
        if (caller != null && !caller.reaches(namespace)) {
            throw new KedgeException.NotFound("namespace", namespace.value());
        }
    }

    /**
     * @throws KedgeException.NotFound the caller does not reach the namespace
     * @throws KedgeException.Forbidden it is not one who runs the installation
     */
    void checkMayOperate(Namespace namespace) {
        if (caller != null && !caller.everywhere()) {
            throw refusal(caller, namespace, "set the quota of");
        }
    }

    private static KedgeException refusal(Claims caller, Namespace namespace, String act) {
        return caller.reaches(namespace)
                ? new KedgeException.Forbidden(
                        "you may not %s namespace '%s'".formatted(act, namespace))
                : new KedgeException.NotFound("namespace", namespace.value());
    }
}
