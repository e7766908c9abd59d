package dev.kedge.engine.attempt;

import dev.kedge.model.WorkerId;
import dev.kedge.store.LeaseStore.Holder;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who this worker is at present. Once it is declared lost it must not go on under its old name: it
 * begins anew, as somebody else. For use by any thread.
 */
public final class Incarnation {

    private final Supplier<UUID> ids;
    private @Nullable Holder present; // guarded by this

    Incarnation(Supplier<UUID> ids) {
        this.ids = ids;
    }

    /** Null while this worker may not claim. */
    public synchronized @Nullable Holder present() {
        return present;
    }

    synchronized WorkerId newName() {
        return new WorkerId(ids.get());
    }

    /** From now on the worker is {@code worker}, in its first generation. */
    synchronized void become(WorkerId worker) {
        present = new Holder(worker, 1);
    }

    /** The batches of {@code worker} carry this generation from now on. */
    synchronized void advance(WorkerId worker, int gen) {
        if (present != null && present.worker().equals(worker)) {
            present = new Holder(worker, gen);
        }
    }

    /** {@code worker} was declared lost. Says whether that was who we were until now. */
    synchronized boolean lose(WorkerId worker) {
        if (present != null && present.worker().equals(worker)) {
            present = null;
            return true;
        }
        return false;
    }
}
