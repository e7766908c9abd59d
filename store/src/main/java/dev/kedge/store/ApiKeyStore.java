package dev.kedge.store;

import dev.kedge.model.ApiKey;
import dev.kedge.model.KeyId;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewApiKey;
import dev.kedge.model.Permission;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keys of programs, by the hashes of their secrets. */
public final class ApiKeyStore {

    /**
     * What the key with a certain hash is good for.
     *
     * @param role null where it is not defined any more
     * @param unnoted whether it is time to note that it was used
     */
    public record Holder(
            KeyId id,
            @Nullable Role role,
            boolean everywhere,
            List<Namespace> namespaces,
            boolean unnoted) {}

    private static final Sql ADD = Sql.load("api_key_add");
    private static final Sql FIND = Sql.load("api_key_find");
    private static final Sql USED = Sql.load("api_key_used");
    private static final Sql LIST = Sql.load("api_key_list");
    private static final Sql HOLDER = Sql.load("api_key_holder");
    private static final Sql REVOKE = Sql.load("api_key_revoke");

    public ApiKey add(Tx tx, KeyId id, NewApiKey key, byte[] hash, String hint) {
        return tx.one(
                ADD.with("id", id.value())
                        .with("name", key.name())
                        .with("hash", hash)
                        .with("hint", hint)
                        .with("role", key.role())
                        .with("scopes", key.scopes().isEmpty() ? null : Roles.words(key.scopes()))
                        .with("everywhere", key.namespaces().isEmpty())
                        .with(
                                "namespaces",
                                key.namespaces().stream()
                                        .map(Namespace::value)
                                        .toArray(String[]::new))
                        .with("made_by", key.madeBy().value())
                        .with(
                                "lifetime_ms",
                                key.lifetime() == null ? null : key.lifetime().toMillis()),
                ApiKeyStore::key);
    }

    /** Who has the key with this hash; null where there is none, or none that is valid now. */
    public @Nullable Holder find(Tx tx, byte[] hash) {
        return tx.first(FIND.with("hash", hash), ApiKeyStore::holder);
    }

    /** Who has the key; null where there is none, or none that is valid now. */
    public @Nullable Holder find(Tx tx, KeyId id) {
        return tx.first(HOLDER.with("id", id.value()), ApiKeyStore::holder);
    }

    private static Holder holder(Row row) throws SQLException {
        var scopes = row.texts("scopes");
        var role = Roles.of(row);
        return new Holder(
                new KeyId(row.uuid("key_id")),
                role == null || scopes.isEmpty()
                        ? role
                        : role.narrowedTo(Roles.permissions(scopes)),
                row.flag("everywhere"),
                namespaces(row),
                row.flag("unnoted"));
    }

    public void used(Tx tx, KeyId id) {
        tx.update(USED.with("id", id.value()));
    }

    /** The newest keys that reach {@code namespace} by name; without one, of all. */
    public List<ApiKey> list(Tx tx, @Nullable Namespace namespace, int limit) {
        return tx.query(
                LIST.with("namespace", namespace == null ? null : namespace.value())
                        .with("limit", limit),
                ApiKeyStore::key);
    }

    /** Ends a key that reaches {@code namespace} alone; without one, any key. Null if none. */
    public @Nullable ApiKey revoke(Tx tx, @Nullable Namespace namespace, KeyId id) {
        return tx.first(
                REVOKE.with("id", id.value())
                        .with("namespace", namespace == null ? null : namespace.value()),
                ApiKeyStore::key);
    }

    private static ApiKey key(Row row) throws SQLException {
        return new ApiKey(
                new KeyId(row.uuid("key_id")),
                row.text("name"),
                row.text("hint"),
                row.text("role"),
                row.texts("scopes").stream()
                        .map(Permission::parse)
                        .collect(Collectors.toUnmodifiableSet()),
                namespaces(row),
                new PrincipalId(row.text("made_by")),
                row.time("made_at"),
                row.timeOrNull("expires_at"),
                row.timeOrNull("revoked_at"),
                row.timeOrNull("used_at"));
    }

    private static List<Namespace> namespaces(Row row) throws SQLException {
        return row.texts("namespaces").stream().map(Namespace::new).toList();
    }
}
