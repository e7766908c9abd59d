package dev.kedge.store;

import dev.kedge.model.AuditEntry;
import dev.kedge.model.AuditHead;
import dev.kedge.model.AuditNote;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chains of audit entries: one for each namespace, and where null is given for that, the one of the
 * installation. They only ever grow.
 */
public final class AuditStore {

    /**
     * Which entries a reader wants to see; null for any.
     *
     * @param before only entries with lower numbers
     */
    public record Filter(
            @Nullable PrincipalId principal,
            @Nullable String act,
            @Nullable Long before,
            int limit) {}

    private static final Sql APPEND = Sql.load("audit_append");
    private static final Sql LIST = Sql.load("audit_list");
    private static final Sql WALK = Sql.load("audit_walk");
    private static final Sql HEAD = Sql.load("audit_head");
    private static final Sql HEADS = Sql.load("audit_heads");

    /**
     * Writes down what {@code principal} did, and returns the entry's number. The chain is locked
     * until the transaction ends: let this be the last thing in it.
     */
    public long append(
            Tx tx, @Nullable Namespace namespace, PrincipalId principal, AuditNote note) {
        return tx.one(
                APPEND.with("namespace", chain(namespace))
                        .with("principal", principal.value())
                        .with("act", note.act())
                        .with("subject", note.subject())
                        .with("details", note.details().text()),
                row -> row.large("no"));
    }

    /** The newest first. */
    public List<AuditEntry> list(Tx tx, @Nullable Namespace namespace, Filter filter) {
        var principal = filter.principal();
        return tx.query(
                LIST.with("namespace", chain(namespace))
                        .with("principal", principal == null ? null : principal.value())
                        .with("act", filter.act())
                        .with("before", filter.before())
                        .with("limit", filter.limit()),
                AuditStore::entry);
    }

    /** In the order of the chain, those behind {@code after}. */
    public List<AuditEntry> walk(Tx tx, @Nullable Namespace namespace, long after, int limit) {
        return tx.query(
                WALK.with("namespace", chain(namespace)).with("after", after).with("limit", limit),
                AuditStore::entry);
    }

    /** How far the chain has come; null where it has not begun. */
    public @Nullable AuditHead head(Tx tx, @Nullable Namespace namespace) {
        return tx.first(HEAD.with("namespace", chain(namespace)), AuditStore::head);
    }

    /** The chains that went on since {@code since}, longest unchanged first. */
    public List<AuditHead> heads(Tx tx, Instant since, int limit) {
        return tx.query(HEADS.with("since", since).with("limit", limit), AuditStore::head);
    }

    private static String chain(@Nullable Namespace namespace) {
        return namespace == null ? "" : namespace.value();
    }

    private static @Nullable Namespace namespace(Row row) throws SQLException {
        var name = row.text("namespace");
        return name.isEmpty() ? null : new Namespace(name);
    }

    private static AuditEntry entry(Row row) throws SQLException {
        return new AuditEntry(
                namespace(row),
                row.large("no"),
                row.time("at"),
                new PrincipalId(row.text("principal")),
                new AuditNote(
                        row.text("act"), row.text("subject"), Payload.ofJson(row.text("details"))),
                row.text("hash"));
    }

    private static AuditHead head(Row row) throws SQLException {
        return new AuditHead(namespace(row), row.large("no"), row.text("hash"), row.time("at"));
    }
}
