package dev.kedge.engine;

import dev.kedge.model.AuditEntry;
import dev.kedge.model.AuditHead;
import dev.kedge.model.AuditNote;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.store.AuditStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who did what in one namespace, or to the installation itself: a chain of entries in which each
 * names all before it by a hash. It only ever grows, and shows whatever else was done to it. For
 * use by any thread.
 */
public final class Audit {

    /** How many entries one call may list. */
    public static final int LIMIT_MAX = 500;

    private final @Nullable Namespace namespace;
    private final Parts parts;

    /** {@code namespace} is null for what belongs to none. */
    Audit(@Nullable Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
    }

    /**
     * Writes down what {@code principal} did. When this returns it is there for good: call it after
     * the act, and before anybody is told that it was done.
     *
     * @param act what kind of thing, such as {@code key.revoke}
     * @param subject what it was done to: a name or an id
     * @param details what else a reader will want to know; never a secret
     */
    public void record(PrincipalId principal, String act, String subject, Map<String, ?> details) {
        var note = new AuditNote(act, subject, JacksonCodec.SHARED.encode(details));
        parts.db().transaction(tx -> parts.audits().append(tx, namespace, principal, note));
    }

    /**
     * The newest first.
     *
     * @param principal null for anybody
     * @param act null for whatever was done
     * @param before only entries with lower numbers; null for all
     */
    public List<AuditEntry> list(
            @Nullable PrincipalId principal,
            @Nullable String act,
            @Nullable Long before,
            int limit) {
        var filter = new AuditStore.Filter(principal, act, before, checked(limit));
        return parts.db().autocommit(tx -> parts.audits().list(tx, namespace, filter));
    }

    /** In the order of the chain, those behind {@code after}; with 0, from the beginning. */
    public List<AuditEntry> walk(long after, int limit) {
        return parts.db()
                .autocommit(tx -> parts.audits().walk(tx, namespace, after, checked(limit)));
    }

    /** How far the chain has come; empty where nothing was written yet. */
    public Optional<AuditHead> head() {
        return Optional.ofNullable(parts.db().find(tx -> parts.audits().head(tx, namespace)));
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new KedgeException.Invalid(
                    "limit", "must be between 1 and %d, got %d".formatted(LIMIT_MAX, limit));
        }
        return limit;
    }
}
