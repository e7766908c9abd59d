package dev.kedge.server.caller;

import dev.kedge.engine.Directory;
import dev.kedge.engine.Engine;
import dev.kedge.model.Membership;
import dev.kedge.model.Namespace;
import dev.kedge.model.Principal;
import dev.kedge.model.Role;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tells who is calling by what they present. For use by any thread.
 *
 * <p>What was found out is remembered for some seconds, so that a busy caller does not cost a look
 * into the database each time. A key or session that is ended counts no more, on every server,
 * within {@link #USABLE}; on the server where it was ended, at once.
 */
public final class Callers {

    /** How long an answer is used without looking again. */
    private static final Duration FRESH = Duration.ofSeconds(4);

    /** How long at most, while somebody else is looking. */
    static final Duration USABLE = Duration.ofSeconds(8);

    /** How many callers are remembered; others are looked up each time. */
    static final int REMEMBERED_MAX = 10_000;

    /** Longer ones are not looked at. */
    private static final int CREDENTIAL_CHARS_MAX = 8 << 10;

    private record Remembered(Principal principal, long since, AtomicBoolean looking) {

        /** Whether somebody else looks again already; if not, whoever asks is the one who does. */
        boolean isLookedFor() {
            return !looking.compareAndSet(false, true);
        }
    }

    private final Directory directory;
    private final ServerKey serverKey;
    private final ApiKeys keys;
    private final Sessions sessions;
    private final ForeignTokens foreign;
    private final SignedRunTokens runTokens;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<ByteBuffer, Remembered> remembered = new ConcurrentHashMap<>();
    private final AtomicLong sweptAt;

    Callers(
            Engine engine,
            ServerKey serverKey,
            Passwords passwords,
            ForeignTokens foreign,
            SignedRunTokens runTokens,
            SecureRandom random,
            LongSupplier nanoTime) {
        this.directory = engine.directory();
        this.serverKey = serverKey.checkedBy(engine);
        this.keys = new ApiKeys(engine, serverKey, random);
        this.sessions = new Sessions(directory, passwords, serverKey, random, this::forget);
        this.foreign = foreign;
        this.runTokens = runTokens;
        runTokens.signWith(this.serverKey);
        this.nanoTime = nanoTime;
        this.sweptAt = new AtomicLong(nanoTime.getAsLong() - FRESH.toNanos());
    }

    /**
     * The callers of an installation.
     *
     * @param runTokens what {@code engine} was given to make tokens with
     * @param clock tells whether tokens of other issuers have expired
     * @throws IllegalStateException the database's keys were hashed with another server key
     */
    public static Callers of(
            Engine engine,
            ServerKey serverKey,
            Issuers issuers,
            SignedRunTokens runTokens,
            InstantSource clock,
            SecureRandom random) {
        return new Callers(
                engine,
                serverKey,
                new Passwords(Passwords.COST, random),
                new ForeignTokens(issuers, clock),
                runTokens,
                random,
                System::nanoTime);
    }

    public ApiKeys keys() {
        return keys;
    }

    public Sessions sessions() {
        return sessions;
    }

    /** The secret of the administrator's key, if this call made it: to be shown now or never. */
    public Optional<String> firstKey() {
        return keys.first();
    }

    /** Forgets whom it has seen; whoever comes next is looked up. */
    public void forget() {
        remembered.clear();
    }

    /** Who presents {@code credential}; empty, and no word why, where that is nobody. */
    public Optional<Principal> whoHas(String credential) {
        if (credential.length() > CREDENTIAL_CHARS_MAX) {
            return Optional.empty();
        }
        var kind = Secret.kindOf(credential);
        if (SignedRunTokens.looksLikeOne(credential)) {
            return ofRun(credential); // Looked up each time: it is over with its attempt.
        }
        if (kind.isEmpty() && !ForeignTokens.looksLikeOne(credential)) {
            return Optional.empty();
        }
        var hash = serverKey.hash(credential);
        var name = ByteBuffer.wrap(hash);
        var known = remembered.get(name);
        if (known != null) {
            var age = nanoTime.getAsLong() - known.since();
            if (age < FRESH.toNanos() || (age < USABLE.toNanos() && known.isLookedFor())) {
                return Optional.of(known.principal());
            }
        }
        var found = kind.map(secret -> own(secret, hash)).orElseGet(() -> foreign(credential));
        remember(name, found);
        return found;
    }

    private Optional<Principal> own(Secret kind, byte[] hash) {
        return switch (kind) {
            case KEY -> directory.byKey(hash);
            case ACCESS -> directory.bySession(hash);
            case REFRESH -> Optional.empty(); // It opens nothing but the next session's tokens.
        };
    }

    private Optional<Principal> ofRun(String token) {
        return runTokens
                .read(token)
                .flatMap(said -> directory.byRun(said.namespace(), said.run(), said.epoch()));
    }

    /** Somebody whom another issuer knows, with what they are a member of here. */
    private Optional<Principal> foreign(String token) {
        var verified = foreign.verify(token);
        if (verified.isEmpty()) {
            return Optional.empty();
        }
        var claimed = verified.get();
        if (directory.isRevoked(claimed.id(), claimed.token(), claimed.issuedAt())) {
            return Optional.empty();
        }
        return Optional.of(principal(claimed));
    }

    private Principal principal(ForeignTokens.Verified claimed) {
        if (claimed.everywhere()) {
            return new Principal(claimed.id(), claimed.email(), Role.SERVICE, List.of());
        }
        var role =
                claimed.roles().stream()
                        .map(directory::role)
                        .flatMap(Optional::stream)
                        .findFirst()
                        .orElse(Role.ANON);
        var memberships = new LinkedHashMap<Namespace, Membership>();
        directory
                .memberships(claimed.id())
                .forEach(membership -> memberships.put(membership.namespace(), membership));
        claimed.namespaces()
                .forEach(namespace ->
                        memberships.putIfAbsent(namespace, new Membership(namespace, role)));
        return new Principal(
                claimed.id(),
                claimed.email(),
                null,
                memberships.values().stream().limit(Principal.MEMBERSHIPS_MAX).toList());
    }

    private void remember(ByteBuffer name, Optional<Principal> found) {
        if (found.isEmpty()) {
            remembered.remove(name);
            return;
        }
        var now = nanoTime.getAsLong();
        var last = sweptAt.get();
        if (remembered.size() >= REMEMBERED_MAX
                && now - last >= FRESH.toNanos()
                && sweptAt.compareAndSet(last, now)) {
            remembered.values().removeIf(known -> now - known.since() >= USABLE.toNanos());
        }
        if (remembered.size() < REMEMBERED_MAX || remembered.containsKey(name)) {
            remembered.put(name, new Remembered(found.get(), now, new AtomicBoolean()));
        }
    }
}
