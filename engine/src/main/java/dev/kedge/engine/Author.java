package dev.kedge.engine;

import dev.kedge.model.Claims;
import dev.kedge.model.Identity;
import org.jspecify.annotations.Nullable;

/**
 * For whom a run is submitted, and who submits it; the two differ where somebody repeats the run of
 * another.
 *
 * @param submitter null for Kedge itself and its operator
 * @param caller who must not learn of runs that it does not see; null where all are seen
 */
record Author(@Nullable Identity submitter, @Nullable Claims caller) {

    /** Kedge itself, or its operator. */
    static final Author ENGINE = new Author(null, null);

    /** The same caller, for somebody else's run. */
    Author onBehalfOf(@Nullable Identity other) {
        return new Author(other, caller);
    }
}
