package dev.kedge.bench;

import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The PostgreSQL that is measured: durable, as the embedded one always is outside of tests. */
final class Server implements AutoCloseable {

    /** The job whose handler does nothing. */
    static final String JOB = "noop";

    private static final String TEMPLATE = "bench_template";
    private static final String DATABASE = "bench";

    /** Who owns what is measured: no superuser, so that row security holds for it. */
    private static final String OWNER = "bench_owner";

    private static final String PASSWORD = "of-a-server-for-measuring";

    private final EmbeddedPostgres postgres;

    private Server(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static Server start(Path folder) throws SQLException {
        var server = new Server(EmbeddedPostgres.start(EmbeddedConfig.in(folder)));
        server.prepareTemplate();
        return server;
    }

    /** A database with Kedge's schema and the job, and no run in it. */
    private void prepareTemplate() throws SQLException {
        postgres.dropDatabase(DATABASE);
        postgres.dropDatabase(TEMPLATE);
        var url = postgres.createDatabase(TEMPLATE);
        handOver(TEMPLATE, url);
        Engine.connect(url, OWNER, PASSWORD)
                .config(EngineConfig.DEFAULT.withSlots(0))
                .job(JOB, _ -> new Outcome.Succeeded(Payload.NULL))
                .start()
                .close();
    }

    private void handOver(String database, String url) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(url, postgres.user(), postgres.password());
                var statement = connection.createStatement()) {
            if (!statement
                    .executeQuery("select from pg_roles where rolname = '%s'".formatted(OWNER))
                    .next()) {
                statement.execute(
                        "create role %s login createrole in role pg_checkpoint password '%s'"
                                .formatted(OWNER, PASSWORD));
            }
            statement.execute("alter database %s owner to %s".formatted(database, OWNER));
        }
    }

    /** A fresh database; there is one at a time. */
    Stage stage() throws SQLException {
        var url = postgres.cloneTemplate(TEMPLATE, DATABASE);
        handOver(DATABASE, url);
        var stage = new Stage(url, OWNER, PASSWORD);
        stage.checkpoint();
        return stage;
    }

    void clear() {
        postgres.dropDatabase(DATABASE);
    }

    Machine machine() throws SQLException {
        try (var connection =
                DriverManager.getConnection(
                        postgres.jdbcUrl(), postgres.user(), postgres.password())) {
            return Machine.here(connection.getMetaData().getDatabaseProductVersion());
        }
    }

    @Override
    public void close() {
        clear();
        postgres.close();
    }
}
