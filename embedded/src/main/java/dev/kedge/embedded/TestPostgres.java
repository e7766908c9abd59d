package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One throw-away server for all tests of a JVM: started on first use, stopped and wiped at exit.
 *
 * <p>It does not flush to disk. Tests of durability start a server of their own.
 */
public final class TestPostgres {

    /** Started by the class loader on first use, at most once. */
    private static final class Shared {
        static final EmbeddedPostgres SERVER = start();
        static final AtomicInteger DATABASES = new AtomicInteger();

        private static EmbeddedPostgres start() {
            try {
                var folder = Files.createTempDirectory("kedge-test-postgres-");
                var server = EmbeddedPostgres.start(EmbeddedConfig.throwAway(folder));
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                return server;
            } catch (IOException e) {
                throw Faults.of("create a folder for the test server", e);
            }
        }
    }

    private TestPostgres() {}

    public static EmbeddedPostgres shared() {
        return Shared.SERVER;
    }

    /** The JDBC URL of a new, empty database; user and password are those of {@link #shared}. */
    public static String freshDatabase() {
        return shared().createDatabase(nextName());
    }

    /** The JDBC URL of a new database that equals {@code template}, which must be at rest. */
    public static String freshDatabase(String template) {
        return shared().cloneTemplate(template, nextName());
    }

    private static String nextName() {
        return "test_" + Shared.DATABASES.incrementAndGet();
    }
}
