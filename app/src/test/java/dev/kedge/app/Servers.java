package dev.kedge.app;

import dev.kedge.engine.EngineConfig;
import dev.kedge.server.ServerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Whole servers for tests, on any free port, with a PostgreSQL of their own below a folder. */
final class Servers {

    private Servers() {}

    static Assembly start(Path folder) {
        return start(folder, new Database.Embedded(folder.resolve("data/postgres")));
    }

    /** One whose runs are in {@code database}, where a test may look at them. */
    static Assembly start(Path folder, Database database) {
        return Assembly.start(
                new Settings(
                        ServerConfig.DEFAULT.withPort(0),
                        folder.resolve("data"),
                        Optional.empty(),
                        database,
                        EngineConfig.DEFAULT,
                        true,
                        new SecretsKey.Made(folder.resolve("data/secrets.key")),
                        Map.of(),
                        Settings.Trust.DEFAULT),
                places());
    }

    /** Those of this checkout: tests run in the folder of their module. */
    static Places places() {
        var usual = Places.of(Map.of());
        return new Places(home(), usual.cache(), null);
    }

    static Path home() {
        return Path.of("..").toAbsolutePath().normalize();
    }
}
