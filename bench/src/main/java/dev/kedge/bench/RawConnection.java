package dev.kedge.bench;

import java.sql.Connection;
import java.sql.SQLException;

/** A connection with everything prepared on it, for one thread at a time. */
record RawConnection(Connection connection, RawStatements statements) implements AutoCloseable {

    static RawConnection open(Stage stage) throws SQLException {
        var connection = stage.connect();
        return new RawConnection(connection, new RawStatements(connection));
    }

    @Override
    public void close() throws SQLException {
        statements.close();
        connection.close();
    }
}
