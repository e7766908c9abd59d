package dev.kedge.app;

import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.cli.DevServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where a development server leaves its address and key for clients of the same user: a file in its
 * data folder that nobody else can read.
 */
final class DevServerFile {

    private static final int PARENTS_MAX = 64;

    /** As it stands in the file. */
    record Content(String url, String apiKey, long pid) {}

    private DevServerFile() {}

    static void write(Path dataFolder, Content content) throws IOException {
        var file = dataFolder.resolve(DevServer.FILE);
        var next = dataFolder.resolve(DevServer.FILE + ".next");
        Files.deleteIfExists(next);
        Files.createFile(
                next,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(next, Json.write(content));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static Optional<Content> read(Path dataFolder) {
        try {
            var json = Files.readAllBytes(dataFolder.resolve(DevServer.FILE));
            return Optional.of(Json.answer(json, Content.class));
        } catch (IOException | JsonRefused e) {
            return Optional.empty(); // None yet, another user's, or none of ours.
        }
    }

    /** That of {@code folder} or the nearest folder above it, as git looks for its own. */
    static Optional<DevServer> near(Path folder) {
        var current = folder;
        for (var i = 0; i < PARENTS_MAX && current != null; i++) {
            var data = current.resolve(DevServer.FOLDER);
            var found = read(data);
            if (found.isPresent()) {
                var content = found.get();
                return Optional.of(
                        new DevServer(data, content.url(), content.apiKey(), content.pid()));
            }
            current = current.getParent();
        }
        return Optional.empty();
    }
}
