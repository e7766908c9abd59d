package dev.kedge.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the Deno that functions run in. It comes from npm and is never fetched at run time. */
public final class DenoBinary {

    private DenoBinary() {}

    /**
     * The first that exists: {@code named} (what {@code KEDGE_DENO} says, or a configured path),
     * else the binary that {@code npm ci} put below one of {@code installs}.
     *
     * @param named a path that must work if it is given at all
     * @param installs folders with a {@code node_modules} in them
     * @throws IllegalStateException there is none, with a sentence that says what to do
     */
    public static Path find(@Nullable Path named, List<Path> installs) {
        if (named != null) {
            if (Files.isExecutable(named)) {
                return named.toAbsolutePath();
            }
            throw new IllegalStateException("there is no executable Deno at " + named);
        }
        var looked = new ArrayList<String>();
        for (var install : installs) {
            var packages = install.resolve("node_modules").resolve("@deno");
            looked.add(packages.toString());
            var found = in(packages);
            if (found != null) {
                return found.toAbsolutePath();
            }
        }
        throw new IllegalStateException(
                "Deno is not installed: run 'npm ci --ignore-scripts' in functions/runtime, or name a"
                        + " deno binary with KEDGE_DENO (looked in "
                        + String.join(", ", looked)
                        + ")");
    }

    /**
     * npm installs the package of this platform only, so the one that is there is the right one.
     */
    private static @Nullable Path in(Path packages) {
        if (!Files.isDirectory(packages)) {
            return null;
        }
        try (var platforms = Files.list(packages)) {
            return platforms
                    .map(platform -> platform.resolve("deno"))
                    .filter(Files::isExecutable)
                    .sorted()
                    .findFirst()
                    .orElse(null);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + packages, unreadable);
        }
    }
}
