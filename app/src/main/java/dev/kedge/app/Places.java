package dev.kedge.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where on this machine the program finds its parts.
 *
 * @param home the checkout or installation; the launcher says it
 * @param cache for what can be made again, and is shared by all servers of this user
 * @param deno the Deno to use, where somebody chose one
 */
record Places(Path home, Path cache, @Nullable Path deno) {

    /** The property by which the launcher says where it lies. */
    static final String HOME_PROPERTY = "kedge.home";

    static Places of(Map<String, String> environment) {
        var home = Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath();
        var deno = environment.get("KEDGE_DENO");
        return new Places(
                home, cache(environment), deno == null || deno.isEmpty() ? null : Path.of(deno));
    }

    /** Folders in which Deno may have been installed. */
    List<Path> installs() {
        return List.of(home.resolve("functions/runtime"), home.resolve("runtime"), home);
    }

    Path examples() {
        return home.resolve("examples");
    }

    private static Path cache(Map<String, String> environment) {
        // The processes of functions run under another uid, which must be able to read it: root's
        // own home would be closed to them.
        var shared = Path.of("/var/cache");
        if (Files.isWritable(shared)) {
            return shared.resolve("kedge");
        }
        var named = environment.get("XDG_CACHE_HOME");
        return named == null || named.isEmpty()
                ? Path.of(System.getProperty("user.home")).resolve(".cache/kedge")
                : Path.of(named).resolve("kedge");
    }
}
