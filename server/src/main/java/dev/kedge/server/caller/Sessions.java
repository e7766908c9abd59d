package dev.kedge.server.caller;

import dev.kedge.engine.Directory;
import dev.kedge.model.Email;
import dev.kedge.model.KedgeException;
import dev.kedge.model.User;
import dev.kedge.model.UserId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/**
 * Users who sign in, stay signed in, and sign out. Tokens are random and mean nothing by
 * themselves, so a session is over in the moment in which its row is gone.
 */
public final class Sessions {

    /** How long an access token is good for. */
    public static final Duration ACCESS_LIFETIME = Duration.ofMinutes(15);

    /** After which a user signs in anew, however busy. */
    public static final Duration LIFETIME = Duration.ofDays(30);

    /** What a user who is signed in works with. */
    public record Tokens(String access, String refresh) {

        /** Never the tokens. */
        @Override
        public String toString() {
            return "***";
        }
    }

    private final Directory directory;
    private final Passwords passwords;
    private final ServerKey serverKey;
    private final SecureRandom random;
    private final Runnable ended;

    /**
     * @param ended to be run after a session or its access token has ended
     */
    Sessions(
            Directory directory,
            Passwords passwords,
            ServerKey serverKey,
            SecureRandom random,
            Runnable ended) {
        this.directory = directory;
        this.passwords = passwords;
        this.serverKey = serverKey;
        this.random = random;
        this.ended = ended;
    }

    /**
     * Empty where there is no such user, where the password is another one, and where the user may
     * not sign in. Which of them it was is not said, and cannot be told by the time it took.
     */
    public Optional<Tokens> signIn(String email, String password) {
        var account = account(email);
        if (account.isEmpty()) {
            passwords.matchNobody(password);
            return Optional.empty();
        }
        var stored = account.get().password();
        var user = account.get().user().id();
        if (!passwords.matches(password, stored)) {
            return Optional.empty();
        }
        var tokens = make();
        if (!directory.openSession(
                user,
                serverKey.hash(tokens.access()),
                ACCESS_LIFETIME,
                serverKey.hash(tokens.refresh()),
                LIFETIME)) {
            return Optional.empty();
        }
        if (passwords.isOutdated(stored)) {
            directory.rehash(user, passwords.hashNew(password), stored);
        }
        return Optional.of(tokens);
    }

    /**
     * New tokens for a refresh token that was not used before; using one twice ends its session.
     */
    public Optional<Tokens> refresh(String refresh) {
        if (!Secret.kindOf(refresh).equals(Optional.of(Secret.REFRESH))) {
            return Optional.empty();
        }
        var tokens = make();
        var refreshed =
                directory.refreshSession(
                        serverKey.hash(refresh),
                        serverKey.hash(tokens.access()),
                        ACCESS_LIFETIME,
                        serverKey.hash(tokens.refresh()));
        if (refreshed != Directory.Refreshed.UNKNOWN) {
            ended.run();
        }
        return refreshed == Directory.Refreshed.DONE ? Optional.of(tokens) : Optional.empty();
    }

    public void signOut(String access) {
        if (directory.endSession(serverKey.hash(access))) {
            ended.run();
        }
    }

    /** Adds a user to the directory. */
    public User add(Email email, String password) {
        return directory.addUser(email, passwords.hashNew(password));
    }

    /** Gives a user another password; whoever was signed in with the old one is not any more. */
    public void changePassword(UserId user, String password) {
        directory.changePassword(user, passwords.hashNew(password));
        ended.run();
    }

    /** Whether {@code password} is the one of the user. */
    public boolean isPassword(UserId user, String password) {
        return directory
                .account(user)
                .filter(account -> passwords.matches(password, account.password()))
                .isPresent();
    }

    private Optional<Directory.Account> account(String email) {
        try {
            return directory.account(new Email(email));
        } catch (KedgeException.Invalid noAddress) {
            return Optional.empty();
        }
    }

    private Tokens make() {
        return new Tokens(Secret.ACCESS.make(random), Secret.REFRESH.make(random));
    }
}
