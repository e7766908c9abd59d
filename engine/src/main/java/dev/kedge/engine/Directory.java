package dev.kedge.engine;

import dev.kedge.model.ApiKey;
import dev.kedge.model.Email;
import dev.kedge.model.Identity;
import dev.kedge.model.KedgeException;
import dev.kedge.model.KeyId;
import dev.kedge.model.Member;
import dev.kedge.model.Membership;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewApiKey;
import dev.kedge.model.Permission;
import dev.kedge.model.Principal;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import dev.kedge.model.RunId;
import dev.kedge.model.User;
import dev.kedge.model.UserId;
import dev.kedge.store.ApiKeyStore;
import dev.kedge.store.CredentialStore;
import dev.kedge.store.Db;
import dev.kedge.store.MemberStore;
import dev.kedge.store.UserStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is known to this installation: users and their sessions, keys, roles and members. It keeps
 * hashes and never a secret, and whoever asks it for something has been let in already. For use by
 * any thread.
 */
public final class Directory {

    public static final int KEYS_LISTED_MAX = 500;
    public static final int ROLES_MAX = 500;

    /** Further sessions of a user end the oldest ones. */
    public static final int SESSIONS_MAX = 50;

    /** A user together with the hash of the password. */
    public record Account(User user, String password) {}

    /** What became of a refresh token. */
    public enum Refreshed {
        DONE,
        /** It was used before: its session is over now. */
        BETRAYED,
        UNKNOWN
    }

    /** A run makes no keys and deploys nothing, whoever it acts as. */
    private static final Set<Permission> OF_RUNS =
            Set.of(
                    Permission.to(Permission.Act.JOBS_READ),
                    Permission.to(Permission.Act.JOBS_WRITE));

    private final Db db;
    private final Supplier<UUID> uuids;
    private final ApiKeyStore keys = new ApiKeyStore();
    private final UserStore users = new UserStore();
    private final MemberStore members = new MemberStore();
    private final CredentialStore credentials = new CredentialStore();

    Directory(Db db, Supplier<UUID> uuids) {
        this.db = db;
        this.uuids = uuids;
    }

    // Who is calling.

    /**
     * Who has the key with this hash, if it is valid now. Notes, to the minute, that it is used.
     */
    public Optional<Principal> byKey(byte[] hash) {
        var holder = db.find(tx -> keys.find(tx, hash));
        var role = holder == null ? null : holder.role();
        if (holder == null || role == null) {
            return Optional.empty();
        }
        if (holder.unnoted()) {
            db.inTransaction(tx -> keys.used(tx, holder.id()));
        }
        return Optional.of(
                new Principal(
                        holder.id().principal(),
                        null,
                        holder.everywhere() ? role : null,
                        holder.namespaces().stream()
                                .map(namespace -> new Membership(namespace, role))
                                .toList()));
    }

    /**
     * As whom a run acts while the attempt of that epoch is under way: as its submitter, by what
     * that one may do now, in the run's namespace and with runs only.
     */
    public Optional<Principal> byRun(Namespace namespace, RunId run, long epoch) {
        var submitter = db.find(tx -> members.submitter(tx, namespace, run, epoch));
        if (submitter == null) {
            return Optional.empty();
        }
        return roleNow(submitter, namespace, run.madeAt())
                .map(role ->
                        new Principal(
                                submitter.id(),
                                submitter.email(),
                                null,
                                List.of(new Membership(namespace, role.narrowedTo(OF_RUNS)))));
    }

    private Optional<Role> roleNow(Identity submitter, Namespace namespace, Instant since) {
        var id = submitter.id();
        var key = KeyId.of(id);
        if (key.isPresent()) {
            return Optional.ofNullable(db.<ApiKeyStore.Holder>find(tx -> keys.find(tx, key.get())))
                    .filter(holder ->
                            holder.everywhere() || holder.namespaces().contains(namespace))
                    .map(ApiKeyStore.Holder::role);
        }
        var user = UserId.of(id);
        if (user.isPresent()) {
            return account(user.get())
                    .filter(account -> account.user().disabledAt() == null)
                    .flatMap(_ -> memberRole(id, namespace));
        }
        return isRevoked(id, "", since)
                ? Optional.empty()
                : memberRole(id, namespace).or(() -> role(submitter.role()));
    }

    private Optional<Role> memberRole(PrincipalId id, Namespace namespace) {
        return memberships(id).stream()
                .filter(membership -> membership.namespace().equals(namespace))
                .map(Membership::role)
                .findFirst();
    }

    /** Whose session has the access token with this hash, if it is valid now. */
    public Optional<Principal> bySession(byte[] access) {
        var holder = db.find(tx -> users.holder(tx, access));
        if (holder == null) {
            return Optional.empty();
        }
        var id = holder.user().principal();
        return Optional.of(new Principal(id, holder.email(), null, memberships(id)));
    }

    /** What a principal is a member of. */
    public List<Membership> memberships(PrincipalId principal) {
        return db.autocommit(tx -> members.of(tx, principal));
    }

    // Keys.

    /**
     * Stores a key.
     *
     * @param hash of the secret
     * @param hint the first characters of the secret
     */
    public ApiKey addKey(NewApiKey key, byte[] hash, String hint) {
        var id = new KeyId(uuids.get());
        return db.autocommit(tx -> keys.add(tx, id, key, hash, hint));
    }

    /**
     * Stores the key that opens a new installation, together with a mark that there is one. Says
     * whether it did: only the first who comes does, however many servers start at once.
     *
     * @param mark the name of the mark
     */
    public boolean addFirstKey(String mark, NewApiKey key, byte[] hash, String hint) {
        var id = new KeyId(uuids.get());
        return db.transaction(tx -> {
            var first = credentials.add(tx, mark, id.toString());
            if (first) {
                keys.add(tx, id, key, hash, hint);
            }
            return first;
        });
    }

    /** The newest keys of a namespace. */
    public List<ApiKey> keys(Namespace namespace) {
        return db.autocommit(tx -> keys.list(tx, namespace, KEYS_LISTED_MAX));
    }

    /** The newest keys of all. */
    public List<ApiKey> keys() {
        return db.autocommit(tx -> keys.list(tx, null, KEYS_LISTED_MAX));
    }

    /**
     * Ends a key for good; to end one again changes nothing.
     *
     * @throws KedgeException.NotFound there is none that reaches this namespace alone
     */
    public ApiKey revokeKey(Namespace namespace, KeyId id) {
        return found("key", id, db.find(tx -> keys.revoke(tx, namespace, id)));
    }

    /**
     * Ends a key for good, whatever it reaches.
     *
     * @throws KedgeException.NotFound there is none
     */
    public ApiKey revokeKey(KeyId id) {
        return found("key", id, db.find(tx -> keys.revoke(tx, null, id)));
    }

    // Users.

    /**
     * @param password the hash
     * @throws KedgeException.Conflict there is a user of that address (code {@code email_taken})
     */
    public User addUser(Email email, String password) {
        var id = new UserId(uuids.get());
        var added = db.find(tx -> users.add(tx, id, email, password));
        if (added == null) {
            throw new KedgeException.Conflict(
                    "email_taken", "email: there is a user of this address already", null);
        }
        return added;
    }

    public Optional<Account> account(Email email) {
        return exported(db.find(tx -> users.find(tx, email)));
    }

    public Optional<Account> account(UserId id) {
        return exported(db.find(tx -> users.find(tx, id)));
    }

    private static Optional<Account> exported(UserStore.@Nullable Account stored) {
        return Optional.ofNullable(stored)
                .map(account -> new Account(account.user(), account.password()));
    }

    /** Users by e-mail address, from behind {@code after}. */
    public List<User> users(@Nullable Email after, int limit) {
        return db.autocommit(tx -> users.list(tx, after, limit));
    }

    /** Lets a user sign in, or not; then every session of the user is over, too. */
    public User enableUser(UserId id, boolean enabled) {
        return found(
                "user",
                id,
                db.findInTransaction(tx -> {
                    if (!enabled) {
                        users.endAll(tx, id);
                    }
                    return users.enable(tx, id, enabled);
                }));
    }

    /** Gives a user another password, and ends every session that the old one opened. */
    public void changePassword(UserId id, String password) {
        db.inTransaction(tx -> {
            if (!users.password(tx, id, password, null)) {
                throw new KedgeException.NotFound("user", id.toString());
            }
            users.endAll(tx, id);
        });
    }

    /** Stores a better hash of the same password, unless it was changed meanwhile. */
    public void rehash(UserId id, String better, String insteadOf) {
        db.autocommit(tx -> users.password(tx, id, better, insteadOf));
    }

    /** Removes a user, with sessions and memberships. What the user submitted stays. */
    public void removeUser(UserId id) {
        if (!db.autocommit(tx -> users.remove(tx, id))) {
            throw new KedgeException.NotFound("user", id.toString());
        }
    }

    // Sessions.

    /**
     * Says whether there is a session now: not for a user who may not sign in.
     *
     * @param access the hash of its access token, which is good for {@code accessLifetime}
     * @param refresh the hash of its refresh token
     */
    public boolean openSession(
            UserId user,
            byte[] access,
            Duration accessLifetime,
            byte[] refresh,
            Duration lifetime) {
        var id = uuids.get();
        return db.autocommit(tx ->
                users.open(tx, id, user, access, accessLifetime, refresh, lifetime, SESSIONS_MAX));
    }

    /** Spends a refresh token for new ones. Each can be spent once; twice ends the session. */
    public Refreshed refreshSession(
            byte[] spent, byte[] access, Duration accessLifetime, byte[] refresh) {
        return db.transaction(tx -> {
            var user = users.refresh(tx, spent, access, accessLifetime, refresh);
            if (user != null) {
                return Refreshed.DONE;
            }
            return users.betrayed(tx, spent) ? Refreshed.BETRAYED : Refreshed.UNKNOWN;
        });
    }

    /** Ends the session that has this access token; says whether there was one. */
    public boolean endSession(byte[] access) {
        return db.autocommit(tx -> users.end(tx, access));
    }

    public void endSessions(UserId user) {
        db.inTransaction(tx -> users.endAll(tx, user));
    }

    // Roles and members.

    /** Any role of that name, built in or defined. */
    public Optional<Role> role(String name) {
        return Role.builtIn(name)
                .or(() -> Optional.ofNullable(db.find(tx -> members.role(tx, name))));
    }

    /** The roles that operators have defined, by name. */
    public List<Role> roles() {
        return db.autocommit(tx -> members.roles(tx, ROLES_MAX));
    }

    /**
     * Defines a role, or replaces its definition for all who hold it.
     *
     * @throws KedgeException.Conflict it is built in, or there are too many
     */
    public void defineRole(Role role) {
        if (Role.builtIn(role.name()).isPresent()) {
            throw new KedgeException.Conflict(
                    "conflict", "the role '%s' is built in".formatted(role.name()), null);
        }
        db.inTransaction(tx -> {
            members.putRole(tx, role);
            if (members.roles(tx, ROLES_MAX + 1).size() > ROLES_MAX) {
                throw new KedgeException.Conflict(
                        "conflict", "there are %d roles already".formatted(ROLES_MAX), null);
            }
        });
    }

    /** Removes a role. Whoever holds it may do nothing by it from now on. */
    public void removeRole(String name) {
        if (!db.autocommit(tx -> members.removeRole(tx, name))) {
            throw new KedgeException.NotFound("role", name);
        }
    }

    /** The members of a namespace by id, from behind {@code after}. */
    public List<Member> members(Namespace namespace, @Nullable String after, int limit) {
        return db.autocommit(tx -> members.list(tx, namespace, after, limit));
    }

    /** Makes somebody a member, or gives a member another role. */
    public void putMember(PrincipalId principal, Namespace namespace, String role) {
        if (!db.autocommit(tx -> members.put(tx, principal, namespace, role))) {
            throw new KedgeException.Conflict(
                    "conflict",
                    "%s is a member of %d namespaces already"
                            .formatted(principal, Principal.MEMBERSHIPS_MAX),
                    null);
        }
    }

    public void removeMember(PrincipalId principal, Namespace namespace) {
        if (!db.autocommit(tx -> members.remove(tx, principal, namespace))) {
            throw new KedgeException.NotFound("member", principal.value());
        }
    }

    // Tokens of other issuers.

    /** Takes no token of {@code principal} any more that was issued until now. */
    public void revokeTokens(PrincipalId principal) {
        db.inTransaction(tx -> members.revoke(tx, principal, ""));
    }

    /** Takes one token no more. */
    public void revokeToken(PrincipalId principal, String token) {
        db.inTransaction(tx -> members.revoke(tx, principal, token));
    }

    /** Whether a token of {@code principal} is not to be taken any more. */
    public boolean isRevoked(PrincipalId principal, String token, Instant issuedAt) {
        return db.autocommit(tx -> members.isRevoked(tx, principal, token, issuedAt));
    }

    private static <T> T found(String what, Object name, @Nullable T found) {
        if (found == null) {
            throw new KedgeException.NotFound(what, name.toString());
        }
        return found;
    }
}
