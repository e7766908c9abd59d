package dev.kedge.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Hints between servers over LISTEN and NOTIFY. A hint may be lost; nothing depends on it but how
 * soon something is noticed.
 */
public final class Doorbell {

    private static final Sql RING = Sql.load("doorbell_ring");

    /** Sends hints. In a transaction they leave at its commit. */
    public void ring(Tx tx, Collection<String> messages) {
        tx.query(RING.with("messages", messages.toArray(String[]::new)), row -> true);
    }

    /** An open ear: a connection of its own that is never in a transaction. For one thread. */
    public static final class Ear implements AutoCloseable {

        private final Connection connection;
        private final PGConnection postgres;

        private Ear(Connection connection) throws SQLException {
            this.connection = connection;
            this.postgres = connection.unwrap(PGConnection.class);
        }

        /** Begins to listen. */
        public static Ear open(Db db) {
            try {
                var connection = db.aside().getConnection();
                try (var statement = connection.createStatement()) {
                    connection.setAutoCommit(true);
                    statement.execute("listen kedge");
                    return new Ear(connection);
                } catch (SQLException failed) {
                    connection.close();
                    throw failed;
                }
            } catch (SQLException failed) {
                throw SqlErrors.translate(failed);
            }
        }

        /** Waits for hints; empty when none came in time. */
        public List<String> listen(Duration atMost) {
            try {
                var notifications = postgres.getNotifications((int) Math.max(1, atMost.toMillis()));
                var messages = new ArrayList<String>();
                if (notifications != null) {
                    for (var notification : notifications) {
                        messages.add(notification.getParameter());
                    }
                }
                return messages;
            } catch (SQLException failed) {
                throw SqlErrors.translate(failed);
            }
        }

        /** Ends a {@link #listen} under way. For any thread. */
        public void hangUp() {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException gone) {
                // Then nobody listens on it either.
            }
        }

        @Override
        public void close() {
            try (connection;
                    var statement = connection.createStatement()) {
                statement.execute("unlisten *");
            } catch (SQLException failed) {
                // The connection is gone, and with it the ear.
            }
        }
    }
}
