package dev.kedge.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Speaks SQL to the server, as its owner. */
record Database(int port, String password) {

    static final String HOST = "127.0.0.1";
    static final String NAME = "kedge";

    /** The one that is always there; from it others are created and dropped. */
    private static final String MAINTENANCE = "postgres";

    private static final int CONNECT_SECONDS_MAX = 10;
    private static final String NO_SUCH_DATABASE = "3D000";

    String url(String name) {
        return "jdbc:postgresql://%s:%d/%s".formatted(HOST, port, name);
    }

    Connection connect(String name) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", Cluster.OWNER);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        return DriverManager.getConnection(url(name), properties);
    }

    /**
     * Loads what a connection needs, while nobody listens yet: a new JVM takes longer for that than
     * the server for its start.
     */
    static void warmUp(int port) {
        try {
            new Database(port, "").connect(MAINTENANCE).close();
        } catch (SQLException e) {
            // Nobody is there, or not for us.
        }
    }

    /** Connects to {@link #NAME}, which it creates the first time. */
    Connection open() throws SQLException {
        try {
            return connect(NAME);
        } catch (SQLException e) {
            if (!NO_SUCH_DATABASE.equals(e.getSQLState())) {
                throw e;
            }
        }
        try (var maintenance = connect(MAINTENANCE);
                var sql = maintenance.createStatement()) {
            sql.execute("create database " + quoted(NAME));
        }
        return connect(NAME);
    }

    void execute(String statement) {
        try (var connection = connect(MAINTENANCE);
                var sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new EmbeddedException("%s: %s".formatted(statement, e.getMessage()), e);
        }
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
