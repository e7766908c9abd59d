package dev.kedge.store;

import dev.kedge.model.Deployment;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.Namespace;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The code of functions. */
public final class DeploymentStore {

    /** A version of a function, by what identifies it. */
    public record Stored(DeploymentId id, int version, String digest) {}

    private static final Sql LOCK = Sql.load("deployment_lock");
    private static final Sql INSERT = Sql.load("deployment_insert");
    private static final Sql NEWEST = Sql.load("deployment_newest");
    private static final Sql ACTIVATE = Sql.load("deployment_activate");
    private static final Sql FIND = Sql.load("deployment_find");
    private static final Sql LIST = Sql.load("deployment_list");

    /** Locks a function, making it where it is new. {@code tx} must be a transaction. */
    public void lock(Tx tx, Namespace namespace, String function) {
        tx.update(LOCK.with("namespace", namespace.value()).with("function", function));
    }

    public @Nullable Stored newest(Tx tx, Namespace namespace, String function) {
        return tx.first(
                NEWEST.with("namespace", namespace.value()).with("function", function),
                row ->
                        new Stored(
                                new DeploymentId(row.uuid("deployment_id")),
                                row.number("version"),
                                row.text("digest")));
    }

    /** Stores the next version; returns its number. The function must be locked. */
    public int insert(
            Tx tx,
            DeploymentId id,
            Namespace namespace,
            String function,
            String code,
            String digest) {
        return tx.one(
                INSERT.with("deployment", id.value())
                        .with("namespace", namespace.value())
                        .with("function", function)
                        .with("code", code)
                        .with("digest", digest),
                row -> row.number("version"));
    }

    /** Makes a version the active one; null where there is no such version. */
    public @Nullable DeploymentId activate(
            Tx tx, Namespace namespace, String function, int version) {
        return tx.first(
                ACTIVATE.with("namespace", namespace.value())
                        .with("function", function)
                        .with("version", version),
                row -> new DeploymentId(row.uuid("deployment_id")));
    }

    public @Nullable Deployment find(Tx tx, Namespace namespace, DeploymentId id) {
        return tx.first(
                FIND.with("namespace", namespace.value()).with("deployment", id.value()),
                DeploymentStore::deployment);
    }

    /** A function's versions, newest first; or, without a name, the active one of each. */
    public List<Deployment> list(Tx tx, Namespace namespace, @Nullable String function, int limit) {
        return tx.query(
                LIST.with("namespace", namespace.value())
                        .with("function", function)
                        .with("limit", limit),
                DeploymentStore::deployment);
    }

    private static Deployment deployment(Row row) throws SQLException {
        return new Deployment(
                new DeploymentId(row.uuid("deployment_id")),
                new Namespace(row.text("namespace")),
                row.text("function"),
                row.number("version"),
                row.text("code"),
                row.text("digest"),
                row.flag("active"),
                row.time("deployed_at"));
    }
}
