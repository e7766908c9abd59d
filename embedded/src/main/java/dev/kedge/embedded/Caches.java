package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where unpacked programs live between starts. */
final class Caches {

    private Caches() {}

    static Path folder() throws IOException {
        return Files.createDirectories(Path.of("/var/cache/kedge"));
    }
}
