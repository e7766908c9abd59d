package dev.kedge.store;

import dev.kedge.model.Identity;
import dev.kedge.model.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * For whom a row of a shared commit is.
 *
 * @param submitter null for Kedge itself and its operator
 */
record Party(Namespace namespace, @Nullable String submitter) {

    static Party of(Namespace namespace, @Nullable Identity submitter) {
        return new Party(namespace, submitter == null ? null : submitter.id().value());
    }
}
