package dev.kedge.engine.secrets;

import dev.kedge.engine.KeyRotation;
import dev.kedge.model.Bytes;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.SecretInfo;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import dev.kedge.store.Db;
import dev.kedge.store.SecretStore;
import dev.kedge.store.SecretStore.Place;
import dev.kedge.store.SecretStore.Sealed;
import dev.kedge.store.SecretStore.StoredKey;
import dev.kedge.store.SecretStore.WornOut;
import dev.kedge.store.Tx;
import dev.kedge.vault.Context;
import dev.kedge.vault.DataKey;
import dev.kedge.vault.Keyring;
import dev.kedge.vault.VaultException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Secrets, sealed and opened. For use by any thread.
 *
 * <p>Each namespace has a data key in use, and the system has one; it is stored wrapped by the
 * keyring. What is sealed is bound to its place and version, and a data key to its namespace: rows
 * that somebody moved or put back do not open. Without a keyring nothing is stored or opened.
 */
public final class Vault {

    /** How many secrets one owner may have. */
    public static final int SECRETS_MAX = 1_000;

    /** All that one run may be given: its submitter's, its namespace's, the system's. */
    private static final int VISIBLE_MAX = 3 * SECRETS_MAX;

    private static final System.Logger LOG = System.getLogger(Vault.class.getName());
    private static final WornOut WORN_OUT = new WornOut(DataKey.MESSAGES_MAX, Duration.ofDays(90));
    private static final int TRIES_MAX = 10;
    private static final int PAGE = 100;
    private static final int OPEN_KEYS_MAX = 1_000;

    private final Db db;
    private final SecretStore store;
    private final @Nullable Keyring keyring;
    private final Supplier<UUID> ids;

    /** Keys that are open, so that nobody asks the keyring for each secret. Guarded by itself. */
    private final Map<UUID, DataKey> open =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<UUID, DataKey> eldest) {
                    return size() > OPEN_KEYS_MAX;
                }
            };

    /** Read while a new data key is wrapped and stored; written while the keyring changes. */
    private final ReentrantReadWriteLock wrapping = new ReentrantReadWriteLock();

    public Vault(Db db, SecretStore store, @Nullable Keyring keyring, Supplier<UUID> ids) {
        this.db = db;
        this.store = store;
        this.keyring = keyring;
        this.ids = ids;
    }

    /** Stores the next version of a secret. */
    public SecretInfo put(SecretOwner owner, SecretName name, SecretValue value, PrincipalId by) {
        keyring();
        if (name.equals(AttemptSecrets.TOKEN)) {
            throw new KedgeException.Invalid(
                    "secret", "the name '%s' is taken by Kedge itself".formatted(name));
        }
        var place = Place.of(owner, name);
        if (db.autocommit(tx -> store.others(tx, place)) >= SECRETS_MAX) {
            throw new KedgeException.Invalid(
                    "name", "there are %d secrets, and no more are kept".formatted(SECRETS_MAX));
        }
        for (var tries = 0; tries < TRIES_MAX; tries++) {
            var key = keyInUse(place.namespace());
            var version = db.autocommit(tx -> store.version(tx, place)) + 1;
            var sealed = sealed(key, value, place, version);
            var stored =
                    db.find(tx ->
                            store.put(
                                    tx, owner, name, new Sealed(place, version, sealed, key), by));
            if (stored != null) {
                return stored;
            }
        }
        throw new KedgeException.Unavailable(
                "too many set the secret '%s' at the same time".formatted(name), null);
    }

    private Bytes sealed(StoredKey key, SecretValue value, Place place, int version) {
        try {
            return opened(key).seal(value.bytes(), context(place, version));
        } catch (VaultException locked) {
            throw new KedgeException.Conflict(
                    "secret_unreadable",
                    "the key of this namespace's secrets cannot be opened: " + locked.getMessage(),
                    null);
        }
    }

    public List<SecretInfo> list(SecretOwner owner, @Nullable SecretName after, int limit) {
        return db.autocommit(
                tx -> store.list(tx, owner, after == null ? "" : after.value(), limit));
    }

    /** Takes a secret's value away; false where there is none. */
    public boolean remove(SecretOwner owner, SecretName name) {
        return db.autocommit(tx -> store.remove(tx, Place.of(owner, name)));
    }

    /** What a run is given that asks for {@code name}; null where there is nothing. */
    @Nullable Sealed find(Namespace namespace, @Nullable PrincipalId user, SecretName name) {
        keyring();
        return db.find(tx -> store.find(tx, namespace, user, name));
    }

    /** All that a run may be given, by name, and of one name the nearest first. */
    List<Sealed> visible(Namespace namespace, @Nullable PrincipalId user) {
        return keyring == null
                ? List.of()
                : db.autocommit(tx -> store.visible(tx, namespace, user, VISIBLE_MAX));
    }

    /** Opens a secret; the caller clears it. */
    SecretValue open(Sealed secret) {
        var place = secret.place();
        try {
            return SecretValue.of(
                    opened(secret.key()).open(secret.bytes(), context(place, secret.version())));
        } catch (VaultException locked) {
            throw unreadable(place, locked);
        }
    }

    private static KedgeException.Conflict unreadable(Place place, VaultException locked) {
        return new KedgeException.Conflict(
                "secret_unreadable",
                "the secret '%s' cannot be read: %s".formatted(place.name(), locked.getMessage()),
                null);
    }

    /**
     * Wraps every data key by the keyring's newest key, which is made first where the keyring looks
     * after itself. A pass that was broken off is gone on with, and no further key is made for it.
     *
     * @param dataKeys whether every namespace gets a new data key as well, and every secret is
     *     sealed anew
     */
    public KeyRotation rotate(boolean dataKeys) {
        try {
            return rotated(keyring(), dataKeys);
        } catch (VaultException silent) {
            throw new KedgeException.Unavailable(String.valueOf(silent.getMessage()), silent);
        }
    }

    private KeyRotation rotated(Keyring keys, boolean dataKeys) {
        wrapping.writeLock().lock();
        try {
            keys.reload();
            if (othersThan(keys.current(), SecretStore.FIRST_KEY, 1).isEmpty()) {
                keys.renew();
            }
        } finally {
            wrapping.writeLock().unlock();
        }
        var rewrapped = rewrap(keys);
        if (rewrapped.stuck() == 0) {
            forgetOthers(keys);
        }
        if (dataKeys) {
            retireAll();
        }
        var resealed = reseal();
        return new KeyRotation(
                keys.current(),
                rewrapped.done(),
                rewrapped.stuck(),
                resealed.done(),
                resealed.stuck());
    }

    private record Count(int done, int stuck) {}

    private Count rewrap(Keyring keys) {
        var done = 0;
        var stuck = 0;
        var page = othersThan(keys.current(), SecretStore.FIRST_KEY, PAGE);
        while (!page.isEmpty()) {
            for (var key : page) {
                try {
                    var wrapped = DataKey.rewrap(keys, wrapped(key), context(key));
                    var stored =
                            db.autocommit(tx ->
                                    store.rewrap(tx, key, wrapped.wrappedBy(), wrapped.bytes()));
                    done += stored ? 1 : 0;
                } catch (VaultException locked) {
                    stuck++;
                    LOG.log(
                            Level.WARNING,
                            "the data key {0} of namespace ''{1}'' stays as it is: {2}",
                            key.id(),
                            key.namespace(),
                            locked.getMessage());
                }
            }
            page = othersThan(keys.current(), page.getLast().id(), PAGE);
        }
        return new Count(done, stuck);
    }

    private void forgetOthers(Keyring keys) {
        wrapping.writeLock().lock();
        try {
            if (othersThan(keys.current(), SecretStore.FIRST_KEY, 1).isEmpty()) {
                keys.forgetOthers();
            }
        } finally {
            wrapping.writeLock().unlock();
        }
    }

    private List<StoredKey> othersThan(String current, UUID after, int limit) {
        return db.autocommit(tx -> store.wrappedByOthers(tx, current, after, limit));
    }

    private void retireAll() {
        eachNamespace(
                namespace -> db.inTransaction(tx -> store.retire(tx, namespace, WornOut.ALWAYS)));
    }

    /**
     * Called now and then: replaces data keys that are worn out, and drops what is left of them.
     */
    public void keep() {
        if (keyring != null) {
            eachNamespace(this::keyInUse);
            reseal();
        }
    }

    private void eachNamespace(Consumer<String> act) {
        var page = namespacesBehind(null);
        while (!page.isEmpty()) {
            page.forEach(act);
            page = namespacesBehind(page.getLast());
        }
    }

    private List<String> namespacesBehind(@Nullable String last) {
        return db.autocommit(tx -> store.namespaces(tx, last, PAGE));
    }

    /** Seals anew what lies under keys out of use, and drops these. */
    private Count reseal() {
        var done = 0;
        var stuck = 0;
        var page = underRetired(Place.FIRST);
        while (!page.isEmpty()) {
            for (var secret : page) {
                try {
                    done += reseal(secret) ? 1 : 0;
                } catch (KedgeException.Conflict locked) {
                    stuck++;
                    LOG.log(Level.WARNING, "stays as it is: {0}", locked.getMessage());
                }
            }
            page = underRetired(page.getLast().place());
        }
        db.autocommit(store::forgetKeys);
        return new Count(done, stuck);
    }

    private List<Sealed> underRetired(Place after) {
        return db.autocommit(tx -> store.underRetiredKeys(tx, after, PAGE));
    }

    private boolean reseal(Sealed secret) {
        try (var value = open(secret)) {
            var key = keyInUse(secret.place().namespace());
            var sealed = sealed(key, value, secret.place(), secret.version());
            return db.autocommit(tx -> store.reseal(tx, secret, key.id(), sealed));
        }
    }

    /** The data key of a namespace that seals now; a new one where it has none or a worn one. */
    private StoredKey keyInUse(String namespace) {
        Function<Tx, @Nullable StoredKey> find = tx -> store.key(tx, namespace, WORN_OUT);
        for (var tries = 0; tries < TRIES_MAX; tries++) {
            var found = db.find(find);
            if (found != null) {
                return found;
            }
            wrapping.readLock().lock();
            try {
                var key = madeFor(namespace);
                db.inTransaction(tx -> {
                    store.retire(tx, namespace, WORN_OUT);
                    store.add(tx, key);
                });
            } finally {
                wrapping.readLock().unlock();
            }
        }
        throw new KedgeException.Unavailable("no data key could be put into use", null);
    }

    private StoredKey madeFor(String namespace) {
        var id = ids.get();
        try {
            var wrapped = DataKey.make(keyring(), keyContext(namespace, id));
            return new StoredKey(id, namespace, wrapped.wrappedBy(), wrapped.bytes());
        } catch (VaultException silent) {
            throw new KedgeException.Unavailable(
                    "no key can be wrapped: " + silent.getMessage(), silent);
        }
    }

    private DataKey opened(StoredKey key) {
        synchronized (open) {
            var known = open.get(key.id());
            if (known != null) {
                return known;
            }
        }
        var opened = DataKey.open(keyring(), wrapped(key), context(key)); // May ask far away.
        synchronized (open) {
            open.put(key.id(), opened);
        }
        return opened;
    }

    private Keyring keyring() {
        if (keyring == null) {
            throw new KedgeException.Conflict(
                    "secrets_off",
                    "this server has no key for secrets; give it one by KEDGE_SECRETS_KEY_FILE",
                    null);
        }
        return keyring;
    }

    private static Keyring.Wrapped wrapped(StoredKey key) {
        return new Keyring.Wrapped(key.wrappedBy(), key.wrapped());
    }

    private static byte[] context(StoredKey key) {
        return keyContext(key.namespace(), key.id());
    }

    private static byte[] keyContext(String namespace, UUID id) {
        return Context.of("kedge data key").with(namespace).with(id.toString()).bytes();
    }

    private static byte[] context(Place place, int version) {
        return Context.of("kedge secret")
                .with(place.namespace())
                .with(place.owner())
                .with(place.name())
                .with(version)
                .bytes();
    }
}
