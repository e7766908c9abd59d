package dev.kedge.engine;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.model.Backoff;
import dev.kedge.model.Binding;
import dev.kedge.model.Failure;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Namespace;
import dev.kedge.model.RetryPolicy;
import dev.kedge.model.Run;
import dev.kedge.store.Db;
import dev.kedge.store.Schema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** A database of a test's own, and the engines that work on it. */
final class TestEngine implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    private final String url = TestPostgres.freshDatabase("kedge", TestEngine::migrate);
    private final List<Engine> engines = new ArrayList<>();
    private final List<Db> open = new ArrayList<>();

    private static void migrate(String url) {
        try (var db =
                Db.connect(url, TestPostgres.shared().user(), TestPostgres.shared().password())) {
            new Schema(db).migrate();
        }
    }

    /** One more engine on this database, with the short lease unless it is declared otherwise. */
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

    /** A job of the default namespace with a policy of its own. */
    static Job job(String name, JobPolicy policy) {
        return Job.of(Namespace.DEFAULT, new JobName(name), new Binding.Java(), policy);
    }

    static Failure failureOf(Run run) {
        return Objects.requireNonNull(run.failure(), "it did not fail");
    }

    /** Failures are retried at once, up to {@code maxAttempts}. */
    static JobPolicy retriedAtOnce(int maxAttempts) {
        return retried(maxAttempts, Duration.ZERO);
    }

    static JobPolicy retried(int maxAttempts, Duration... delays) {
        return JobPolicy.DEFAULT.withRetry(
                new RetryPolicy(maxAttempts, new Backoff.Table(List.of(delays)), 0));
    }

    /** The statements of the store, for acts of a worker that no engine would do. */
    Db db() {
        var db = Db.connect(url, TestPostgres.shared().user(), TestPostgres.shared().password());
        open.add(db);
        return db;
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
        open.forEach(Db::close);
    }
}
