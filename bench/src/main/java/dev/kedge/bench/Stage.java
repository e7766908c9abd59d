package dev.kedge.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.IntStream;

/** A database with Kedge's schema that one subject is measured on. */
record Stage(String url, String user, String password) {

    private static final int PRELOAD_BATCH = 5_000;

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** Connections for those who ask for a pool; their batches go out as few statements. */
    HikariDataSource pool(int connections) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        config.addDataSourceProperty("reWriteBatchedInserts", true);
        return new HikariDataSource(config);
    }

    void execute(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Writes back what earlier laps left behind, so that it does not slow down this one. */
    void checkpoint() throws SQLException {
        execute("checkpoint");
    }

    /** Takes away what PostgreSQL checks for each row, for who would know what that costs. */
    void disableRowSecurity() throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (var table :
                    new String[] {"run", "active_run", "run_tally_change", "lane", "job"}) {
                statement.execute(
                        "alter table kedge.%s disable row level security".formatted(table));
            }
        }
    }

    /** Clears away what is dead of the queue, as the server does by itself in the long run. */
    void vacuum() throws SQLException {
        execute("vacuum analyze kedge.active_run, kedge.wait");
    }

    /** Puts runs into the queue before anybody is measured, the same way for everybody. */
    void preload(int first, int end) throws SQLException {
        try (var connection = connect();
                var statements = new RawStatements(connection)) {
            for (var from = first; from < end; from += PRELOAD_BATCH) {
                statements.insert(
                        IntStream.range(from, Math.min(from + PRELOAD_BATCH, end)).toArray());
            }
        }
    }
}
