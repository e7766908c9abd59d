package dev.kedge.engine.journal;

import dev.kedge.model.Identity;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.RunId;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Submits the runs that other runs wait for. */
public interface Children {

    /**
     * Everything that can be refused is refused here, before anything is written.
     *
     * @param submitter who submitted the parent; the child is that one's too
     */
    Submitted prepareChild(
            Namespace namespace, NewRun child, RunId parent, @Nullable Identity submitter);

    /** Writes children in the transaction that writes the waits for them. */
    void writeChildren(Tx tx, Namespace namespace, List<Submitted> children);

    /** To be called when that transaction has been committed. */
    void announceChildren(List<Submitted> children);
}
