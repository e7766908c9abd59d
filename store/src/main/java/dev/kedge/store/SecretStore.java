package dev.kedge.store;

import dev.kedge.model.Bytes;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.SecretInfo;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Secrets and the keys they are sealed under, as they lie in the database: none can be read. */
public final class SecretStore {

    /** Before all keys. */
    public static final UUID FIRST_KEY = new UUID(0, 0);

    /**
     * A key of a namespace, wrapped.
     *
     * @param namespace empty for the system's
     * @param wrappedBy the name of the key that wrapped it
     */
    public record StoredKey(UUID id, String namespace, String wrappedBy, Bytes wrapped) {}

    /** A secret's place: what it is sealed for. */
    public record Place(String namespace, String owner, String name) {

        /** Before all others. */
        public static final Place FIRST = new Place("", "", "");

        public static Place of(SecretOwner owner, SecretName name) {
            return switch (owner) {
                case SecretOwner.TheSystem() -> new Place("", "", name.value());
                case SecretOwner.Everybody(var namespace) ->
                        new Place(namespace.value(), "", name.value());
                case SecretOwner.OneUser(var namespace, var user) ->
                        new Place(namespace.value(), user.value(), name.value());
            };
        }
    }

    /** A secret with its value, sealed under {@code key}. */
    public record Sealed(Place place, int version, Bytes bytes, StoredKey key) {}

    /**
     * When a key is not to be used any more.
     *
     * @param sealedMax how much it may have sealed
     */
    public record WornOut(long sealedMax, Duration age) {

        /** Whatever it has done. */
        public static final WornOut ALWAYS = new WornOut(0, Duration.ZERO);
    }

    private static final Sql KEY_FIND = Sql.load("secret_key_find");
    private static final Sql KEY_RETIRE = Sql.load("secret_key_retire");
    private static final Sql KEY_ADD = Sql.load("secret_key_add");
    private static final Sql KEY_OTHERS = Sql.load("secret_key_others");
    private static final Sql KEY_REWRAP = Sql.load("secret_key_rewrap");
    private static final Sql KEY_NAMESPACES = Sql.load("secret_key_namespaces");
    private static final Sql KEY_FORGET = Sql.load("secret_key_forget");
    private static final Sql VERSION = Sql.load("secret_version");
    private static final Sql PUT = Sql.load("secret_put");
    private static final Sql REMOVE = Sql.load("secret_remove");
    private static final Sql LIST = Sql.load("secret_list");
    private static final Sql COUNT = Sql.load("secret_count");
    private static final Sql FIND = Sql.load("secret_find");
    private static final Sql VISIBLE = Sql.load("secret_visible");
    private static final Sql RETIRED = Sql.load("secret_retired");
    private static final Sql RESEAL = Sql.load("secret_reseal");

    /** The key in use; null where there is none, or it is worn out. */
    public @Nullable StoredKey key(Tx tx, String namespace, WornOut wornOut) {
        return tx.first(
                worn(KEY_FIND.with("namespace", namespace), wornOut), row -> key(row, namespace));
    }

    /** Takes the key in use out of it, if it is worn out. */
    public void retire(Tx tx, String namespace, WornOut wornOut) {
        tx.update(worn(KEY_RETIRE.with("namespace", namespace), wornOut));
    }

    private static Sql.Bound worn(Sql.Bound statement, WornOut wornOut) {
        return statement
                .with("sealed_max", wornOut.sealedMax())
                .with("age_ms", wornOut.age().toMillis());
    }

    /** Puts a key into use; nothing happens where another one is. */
    public void add(Tx tx, StoredKey key) {
        tx.update(
                KEY_ADD.with("key_id", key.id())
                        .with("namespace", key.namespace())
                        .with("wrapped_by", key.wrappedBy())
                        .with("wrapped", key.wrapped().array()));
    }

    /** Keys that another than {@code current} has wrapped, in order, behind {@code after}. */
    public List<StoredKey> wrappedByOthers(Tx tx, String current, UUID after, int limit) {
        return tx.query(
                KEY_OTHERS.with("current", current).with("after", after).with("limit", limit),
                row -> key(row, row.text("namespace")));
    }

    /** Stores a key as it is wrapped now; false where somebody else did so before. */
    public boolean rewrap(Tx tx, StoredKey was, String wrappedBy, Bytes wrapped) {
        return tx.update(
                        KEY_REWRAP
                                .with("key_id", was.id())
                                .with("was_wrapped_by", was.wrappedBy())
                                .with("wrapped_by", wrappedBy)
                                .with("wrapped", wrapped.array()))
                > 0;
    }

    /** Namespaces with a key in use, in order, behind {@code after}. */
    public List<String> namespaces(Tx tx, @Nullable String after, int limit) {
        return tx.query(
                KEY_NAMESPACES.with("after", after).with("limit", limit),
                row -> row.text("namespace"));
    }

    /** Drops retired keys that nothing is sealed under; returns how many. */
    public int forgetKeys(Tx tx) {
        return tx.update(KEY_FORGET.plain());
    }

    /** How often a secret was set; 0 where it never was. */
    public int version(Tx tx, Place place) {
        var version = tx.first(at(VERSION, place), row -> row.number("version"));
        return version == null ? 0 : version;
    }

    /**
     * Stores the next version of a secret. Null where its key was retired meanwhile, or somebody
     * else has stored that version.
     */
    public @Nullable SecretInfo put(
            Tx tx, SecretOwner owner, SecretName name, Sealed secret, PrincipalId by) {
        return tx.first(
                at(PUT, secret.place())
                        .with("version", secret.version())
                        .with("key_id", secret.key().id())
                        .with("sealed", secret.bytes().array())
                        .with("set_by", by.value()),
                row -> new SecretInfo(name, owner, row.number("version"), row.time("set_at"), by));
    }

    /** Takes a secret's value away; false where there is none. */
    public boolean remove(Tx tx, Place place) {
        return tx.update(at(REMOVE, place)) > 0;
    }

    /** An owner's secrets by name, behind {@code after}. */
    public List<SecretInfo> list(Tx tx, SecretOwner owner, String after, int limit) {
        var place = placeOf(owner);
        return tx.query(
                LIST.with("namespace", place.namespace())
                        .with("owner", place.owner())
                        .with("after", after)
                        .with("limit", limit),
                row ->
                        new SecretInfo(
                                new SecretName(row.text("name")),
                                owner,
                                row.number("version"),
                                row.time("set_at"),
                                new PrincipalId(row.text("set_by"))));
    }

    /** How many secrets an owner has besides that one. */
    public long others(Tx tx, Place place) {
        return tx.one(at(COUNT, place), row -> row.large("others"));
    }

    /** What a run is given that asks for {@code name}; null where there is nothing. */
    public @Nullable Sealed find(
            Tx tx, Namespace namespace, @Nullable PrincipalId user, SecretName name) {
        return tx.first(
                FIND.with("namespace", namespace.value())
                        .with("user", user == null ? "" : user.value())
                        .with("name", name.value()),
                SecretStore::sealed);
    }

    /** All that a run may be given, by name, and of one name the nearest first. */
    public List<Sealed> visible(Tx tx, Namespace namespace, @Nullable PrincipalId user, int limit) {
        return tx.query(
                VISIBLE.with("namespace", namespace.value())
                        .with("user", user == null ? "" : user.value())
                        .with("limit", limit),
                SecretStore::sealed);
    }

    /** Secrets under retired keys, in order, behind {@code after}. */
    public List<Sealed> underRetiredKeys(Tx tx, Place after, int limit) {
        return tx.query(
                RETIRED.with("after_namespace", after.namespace())
                        .with("after_owner", after.owner())
                        .with("after_name", after.name())
                        .with("limit", limit),
                SecretStore::sealed);
    }

    /** Stores a secret as another key has sealed it; false where it was changed meanwhile. */
    public boolean reseal(Tx tx, Sealed was, UUID key, Bytes sealed) {
        return tx.update(
                        at(RESEAL, was.place())
                                .with("version", was.version())
                                .with("was_key_id", was.key().id())
                                .with("key_id", key)
                                .with("sealed", sealed.array()))
                > 0;
    }

    private static Place placeOf(SecretOwner owner) {
        return Place.of(owner, new SecretName("any"));
    }

    private static Sql.Bound at(Sql statement, Place place) {
        return statement
                .with("namespace", place.namespace())
                .with("owner", place.owner())
                .with("name", place.name());
    }

    private static StoredKey key(Row row, String namespace) throws SQLException {
        return new StoredKey(
                row.uuid("key_id"), namespace, row.text("wrapped_by"), row.bytes("wrapped"));
    }

    private static Sealed sealed(Row row) throws SQLException {
        return new Sealed(
                new Place(row.text("namespace"), row.text("owner"), row.text("name")),
                row.number("version"),
                row.bytes("sealed"),
                key(row, row.text("namespace")));
    }
}
