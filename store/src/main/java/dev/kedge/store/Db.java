package dev.kedge.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kedge.model.Claims;
import dev.kedge.model.KedgeException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL database with Kedge's schema in it. For use by any thread.
 *
 * <p>Nothing here depends on session state, so a transaction-pooling proxy may stand in between.
 */
public final class Db implements AutoCloseable {

    /** How many connections a pool of Kedge's own has. */
    public static final int CONNECTIONS = 12;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** A server that is silent for longer is taken for gone; its last word is unknown. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final DataSource source;
    private final Function<Duration, DataSource> aside;
    private final Runnable closing;
    private final @Nullable Claims caller;

    private Db(
            DataSource source,
            Function<Duration, DataSource> aside,
            Runnable closing,
            @Nullable Claims caller) {
        this.source = source;
        this.aside = aside;
        this.closing = closing;
        this.caller = caller;
    }

    /** The same database as {@code claims} show it. It need not be closed. */
    public Db as(Claims claims) {
        return new Db(source, aside, () -> {}, claims);
    }

    /** On the embedder's own pool, which stays open when this is closed. */
    public static Db on(DataSource source) {
        return new Db(source, _ -> source, () -> {}, null);
    }

    /** With a pool of its own. */
    public static Db connect(String jdbcUrl, String user, String password) {
        var config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setPoolName("kedge");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setInitializationFailTimeout(CONNECT_TIMEOUT.toMillis());
        config.addDataSourceProperty("ApplicationName", "kedge");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", String.valueOf(SILENCE_MAX.toSeconds()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        try {
            var pool = new HikariDataSource(config);
            return new Db(
                    pool, patience -> direct(jdbcUrl, user, password, patience), pool::close, null);
        } catch (RuntimeException unreachable) { // Hikari's own type says no more than its cause.
            var cause = unreachable.getCause() == null ? unreachable : unreachable.getCause();
            throw new KedgeException.Unavailable(
                    "cannot connect to the database: " + cause.getMessage(), unreachable);
        }
    }

    /** Connections outside the pool, so that no crowd in front of it keeps them waiting. */
    private static DataSource direct(
            String jdbcUrl, String user, String password, Duration patience) {
        var seconds = (int) Math.max(1, patience.plusMillis(999).toSeconds());
        var direct = new PGSimpleDataSource();
        direct.setUrl(jdbcUrl);
        direct.setUser(user);
        direct.setPassword(password);
        direct.setApplicationName("kedge");
        direct.setConnectTimeout(seconds);
        direct.setSocketTimeout(seconds);
        direct.setTcpKeepAlive(true);
        return direct;
    }

    DataSource source() {
        return source;
    }

    DataSource aside() {
        return aside.apply(SILENCE_MAX);
    }

    /** Runs one round trip of statements that commits by itself. */
    public <T> T autocommit(Function<Tx, T> work) {
        return with(connection -> work.apply(tx(connection)));
    }

    /** {@link #autocommit} for work that may find nothing. */
    public <T> @Nullable T find(Function<Tx, @Nullable T> work) {
        return autocommit(tx -> Optional.<T>ofNullable(work.apply(tx))).orElse(null);
    }

    /** Runs {@code work} in a transaction: committed if it returns, rolled back if it throws. */
    public <T> T transaction(Function<Tx, T> work) {
        return with(connection -> {
            connection.setAutoCommit(false);
            try {
                var result = work.apply(tx(connection));
                connection.commit();
                return result;
            } catch (RuntimeException | Error failed) {
                rollback(connection, failed); // Else switching autocommit on would commit it.
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** {@link #transaction} for work that may find nothing. */
    public <T> @Nullable T findInTransaction(Function<Tx, @Nullable T> work) {
        return transaction(tx -> Optional.<T>ofNullable(work.apply(tx))).orElse(null);
    }

    /**
     * A connection kept aside, so that what must not wait never waits for the pool.
     *
     * @param patience a server that is silent for longer is given up
     */
    public Line reserve(Duration patience) {
        return new Line(aside.apply(patience), patience);
    }

    /** {@link #transaction} without a result. */
    public void inTransaction(Consumer<Tx> work) {
        transaction(tx -> {
            work.accept(tx);
            return true;
        });
    }

    private Tx tx(Connection connection) {
        var tx = new Tx(connection);
        return caller == null ? tx : tx.as(caller);
    }

    private interface Use<T> {
        T apply(Connection connection) throws SQLException;
    }

    private <T> T with(Use<T> use) {
        try (var connection = source.getConnection()) {
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            return use.apply(connection);
        } catch (SQLException failed) {
            throw SqlErrors.translate(failed);
        }
    }

    private static void rollback(Connection connection, Throwable because) {
        try {
            connection.rollback();
        } catch (SQLException alsoFailed) {
            because.addSuppressed(alsoFailed);
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
