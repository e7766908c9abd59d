package dev.kedge.engine;

import dev.kedge.embedded.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A database of a test's own, and the engines that work on it. */
final class TestEngine implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    private final String url = TestPostgres.freshDatabase();
    private final List<Engine> engines = new ArrayList<>();

    /** One more engine on this database, with the short lease. */
    Engine start(UnaryOperator<Engine.Builder> declarations) {
        var engine =
                declarations
                        .apply(
                                Engine.connect(
                                                url,
                                                TestPostgres.shared().user(),
                                                TestPostgres.shared().password())
                                        .config(EngineConfig.DEFAULT.withShortLease()))
                        .start();
        engines.add(engine);
        return engine;
    }

    String url() {
        return url;
    }

    Connection connection() throws SQLException {
        return DriverManager.getConnection(
                url, TestPostgres.shared().user(), TestPostgres.shared().password());
    }

    /** The first column of the first row. */
    long number(String sql) throws SQLException {
        try (var connection = connection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        engines.forEach(engine -> engine.stop(Duration.ofSeconds(1)));
    }
}
