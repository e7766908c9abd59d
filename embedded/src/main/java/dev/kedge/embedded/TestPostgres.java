package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One throw-away server for all tests of a JVM: started on first use, stopped and wiped at exit.
 *
 * <p>It does not flush to disk. Tests of durability start a server of their own.
 */
public final class TestPostgres {

    private static final String PREFIX = "kedge-test-postgres-";
    private static final Duration ABANDONED_AFTER = Duration.ofMinutes(1);

    /** The class loader starts it on first use, at most once. */
    private static final class Shared {
        static final EmbeddedPostgres SERVER = start();
        static final AtomicInteger DATABASES = new AtomicInteger();
        static final ConcurrentMap<String, String> TEMPLATES = new ConcurrentHashMap<>();

        private static EmbeddedPostgres start() {
            try {
                var folder = Files.createTempDirectory(PREFIX);
                sweep(folder);
                var server = EmbeddedPostgres.start(EmbeddedConfig.throwAway(folder));
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                return server;
            } catch (IOException e) {
                throw Faults.of("create a folder for the test server", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EmbeddedException("the start of the test server was interrupted", e);
            }
        }

        /** Ends servers beside {@code ours} whose JVM was killed before it could. */
        private static void sweep(Path ours) throws IOException, InterruptedException {
            var youngest =
                    System.currentTimeMillis()
                            - ABANDONED_AFTER.toMillis(); // Younger ones may yet be locked.
            try (var folders = Files.newDirectoryStream(ours.resolveSibling("."), PREFIX + "*")) {
                for (var folder : folders) {
                    if (Files.getLastModifiedTime(folder).toMillis() < youngest) {
                        sweepOne(folder);
                    }
                }
            }
        }

        private static void sweepOne(Path path) throws IOException, InterruptedException {
            DataFolder folder;
            try {
                folder = DataFolder.take(path);
            } catch (EmbeddedException e) {
                return; // It is in use, or another user's.
            }
            try {
                new Leftovers(folder.pgdata()).end();
                folder.wipe();
            } finally {
                folder.release();
            }
        }
    }

    private TestPostgres() {}

    /** The server; its user and password are good for every database on it. */
    public static EmbeddedPostgres shared() {
        return Shared.SERVER;
    }

    /** The JDBC URL of a new, empty database; user and password as for {@link #shared}. */
    public static String freshDatabase() {
        return shared().createDatabase(nextName());
    }

    /**
     * The JDBC URL of a new database that equals the one which {@code filling} was once given, to
     * fill it for all who ask for {@code name}.
     */
    public static String freshDatabase(String name, Consumer<String> filling) {
        var template =
                Shared.TEMPLATES.computeIfAbsent(
                        name,
                        _ -> {
                            var database = nextName();
                            filling.accept(shared().createDatabase(database));
                            return database;
                        });
        return freshDatabase(template);
    }

    /** The JDBC URL of a new database that equals {@code template}, which must be at rest. */
    public static String freshDatabase(String template) {
        return shared().cloneTemplate(template, nextName());
    }

    private static String nextName() {
        return "test_" + Shared.DATABASES.incrementAndGet();
    }
}
