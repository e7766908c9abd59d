package dev.kedge.app;

import dev.kedge.engine.EngineConfig;
import dev.kedge.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same for a server: a throw-away one starts, runs a job a few times, and stops. */
final class TrainingOfServer {

    private TrainingOfServer() {}

    static void run() throws IOException {
        var folder = Files.createTempDirectory("kedge-training-");
        var places = Places.of(Map.of());
        var settings =
                new Settings(
                        ServerConfig.DEFAULT.withPort(0),
                        folder,
                        Optional.of(places.examples().resolve("hello/jobs")),
                        new Database.Embedded(folder.resolve("postgres")),
                        EngineConfig.DEFAULT,
                        true,
                        new SecretsKey.Made(folder.resolve("secrets.key")),
                        Map.of(),
                        Settings.Trust.DEFAULT);
        try (var assembly = Assembly.start(settings, places)) {
            Training.run(
                    assembly.url(),
                    assembly.newKey().orElseThrow(),
                    List.of(
                            "jobs list",
                            "runs start hello --wait",
                            "runs start hello --wait --json",
                            "runs list",
                            "runs start nothing",
                            "stats",
                            "workers"));
        } finally {
            Folders.remove(folder);
        }
    }
}
