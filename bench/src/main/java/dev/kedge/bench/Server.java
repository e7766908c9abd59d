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

    private final EmbeddedPostgres postgres;

    private Server(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static Server start(Path folder) {
        var server = new Server(EmbeddedPostgres.start(EmbeddedConfig.in(folder)));
        server.prepareTemplate();
        return server;
    }

    /** A database with Kedge's schema and the job, and no run in it. */
    private void prepareTemplate() {
        postgres.dropDatabase(DATABASE);
        postgres.dropDatabase(TEMPLATE);
        var url = postgres.createDatabase(TEMPLATE);
        Engine.connect(url, postgres.user(), postgres.password())
                .config(EngineConfig.DEFAULT.withSlots(0))
                .job(JOB, _ -> new Outcome.Succeeded(Payload.NULL))
                .start()
                .close();
    }

    /** A fresh database; there is one at a time. */
    Stage stage() throws SQLException {
        var stage =
                new Stage(
                        postgres.cloneTemplate(TEMPLATE, DATABASE),
                        postgres.user(),
                        postgres.password());
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
