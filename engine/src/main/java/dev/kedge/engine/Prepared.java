package dev.kedge.engine;

import dev.kedge.model.Claims;
import dev.kedge.model.NewRun;
import dev.kedge.model.RunId;
import dev.kedge.store.RunStore.Submitted;
import org.jspecify.annotations.Nullable;

/**
 * A submission that is ready to be written.
 *
 * @param refusable whether its job refuses what is beyond its limit
 * @param metered whether its namespace has a quota
 * @param caller who must not learn of runs that it does not see; null where all are seen
 */
record Prepared(Submitted row, boolean refusable, boolean metered, @Nullable Claims caller) {

    /** How a submission is written: see {@link Submissions}. */
    enum Way {
        SHARED,
        ADMITTED,
        ALONE
    }

    /** What comes from within is never refused: it waits. */
    static Prepared certain(Submitted row) {
        return new Prepared(row, false, false, null);
    }

    NewRun run() {
        return row.run();
    }

    RunId id() {
        return row.id();
    }

    Way way() {
        if (run().key() != null || run().keys().ordering() != null) {
            return Way.ALONE;
        }
        return refusable || metered ? Way.ADMITTED : Way.SHARED;
    }

    /** Nothing in the queue can be a reason to refuse it. */
    boolean isCertain() {
        return run().key() == null && !refusable && !metered;
    }
}
