package dev.kedge.store;

import dev.kedge.model.Email;
import dev.kedge.model.User;
import dev.kedge.model.UserId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Users of Kedge's own directory, and their sessions. */
public final class UserStore {

    /** A user together with the hash of the password. */
    public record Account(User user, String password) {}

    /** Whose session it is. */
    public record Holder(UserId user, String email) {}

    private static final Sql ADD = Sql.load("user_add");
    private static final Sql FIND = Sql.load("user_find");
    private static final Sql FIND_BY_EMAIL = Sql.load("user_find_by_email");
    private static final Sql LIST = Sql.load("user_list");
    private static final Sql ENABLE = Sql.load("user_enable");
    private static final Sql PASSWORD = Sql.load("user_password");
    private static final Sql REMOVE = Sql.load("user_remove");
    private static final Sql OPEN = Sql.load("session_open");
    private static final Sql SESSION = Sql.load("session_find");
    private static final Sql REFRESH = Sql.load("session_refresh");
    private static final Sql BETRAYED = Sql.load("session_betrayed");
    private static final Sql END = Sql.load("session_end");
    private static final Sql END_ALL = Sql.load("session_end_all");

    /** Null where the e-mail address is taken. */
    public @Nullable User add(Tx tx, UserId id, Email email, String password) {
        var account =
                tx.first(
                        ADD.with("id", id.value())
                                .with("email", email.value())
                                .with("password", password),
                        UserStore::account);
        return account == null ? null : account.user();
    }

    public @Nullable Account find(Tx tx, UserId id) {
        return tx.first(FIND.with("id", id.value()), UserStore::account);
    }

    public @Nullable Account find(Tx tx, Email email) {
        return tx.first(FIND_BY_EMAIL.with("email", email.value()), UserStore::account);
    }

    public List<User> list(Tx tx, @Nullable Email after, int limit) {
        return tx.query(
                LIST.with("after", after == null ? null : after.value()).with("limit", limit),
                row -> account(row).user());
    }

    public @Nullable User enable(Tx tx, UserId id, boolean enabled) {
        var account =
                tx.first(
                        ENABLE.with("id", id.value()).with("enabled", enabled), UserStore::account);
        return account == null ? null : account.user();
    }

    /**
     * Stores another hash.
     *
     * @param insteadOf the hash it replaces; where there is another one by now, nothing is stored
     */
    public boolean password(Tx tx, UserId id, String password, @Nullable String insteadOf) {
        return tx.update(
                        PASSWORD.with("id", id.value())
                                .with("password", password)
                                .with("instead_of", insteadOf))
                == 1;
    }

    public boolean remove(Tx tx, UserId id) {
        return tx.first(REMOVE.with("id", id.value()), row -> row.uuid("user_id")) != null;
    }

    /** Says whether there is a session now: not for a user who may not sign in. */
    public boolean open(
            Tx tx,
            UUID session,
            UserId user,
            byte[] access,
            Duration accessLifetime,
            byte[] refresh,
            Duration lifetime,
            int sessionsMax) {
        return tx.update(
                        OPEN.with("id", session)
                                .with("user", user.value())
                                .with("access", access)
                                .with("access_ms", accessLifetime.toMillis())
                                .with("refresh", refresh)
                                .with("session_ms", lifetime.toMillis())
                                .with("sessions_max", sessionsMax))
                == 1;
    }

    public @Nullable Holder holder(Tx tx, byte[] access) {
        return tx.first(
                SESSION.with("access", access),
                row -> new Holder(new UserId(row.uuid("user_id")), row.text("email")));
    }

    /** Null where the refresh token is not the one that is good now. */
    public @Nullable UserId refresh(
            Tx tx, byte[] spent, byte[] access, Duration accessLifetime, byte[] refresh) {
        return tx.first(
                REFRESH.with("spent", spent)
                        .with("access", access)
                        .with("access_ms", accessLifetime.toMillis())
                        .with("refresh", refresh),
                row -> new UserId(row.uuid("user_id")));
    }

    /** Ends the session of which {@code spent} was a refresh token before; says if it did. */
    public boolean betrayed(Tx tx, byte[] spent) {
        return tx.update(BETRAYED.with("spent", spent)) == 1;
    }

    public boolean end(Tx tx, byte[] access) {
        return tx.update(END.with("access", access)) == 1;
    }

    public void endAll(Tx tx, UserId user) {
        tx.update(END_ALL.with("user", user.value()));
    }

    private static Account account(Row row) throws SQLException {
        return new Account(
                new User(
                        new UserId(row.uuid("user_id")),
                        new Email(row.text("email")),
                        row.time("created_at"),
                        row.timeOrNull("disabled_at"),
                        row.timeOrNull("signed_in_at")),
                row.text("password"));
    }
}
