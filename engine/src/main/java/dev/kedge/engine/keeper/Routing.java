package dev.kedge.engine.keeper;

import dev.kedge.model.Cause;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.Tx;
import java.util.List;

/** Submits the runs that events and schedules start. */
public interface Routing {

    /**
     * Makes a submission ready.
     *
     * @throws dev.kedge.model.KedgeException the job takes no runs
     */
    Submitted prepareTriggered(Namespace namespace, NewRun run, Cause cause);

    /** Writes runs in the transaction that removes what called for them. */
    void writeTriggered(Tx tx, Namespace namespace, List<Submitted> runs);
}
