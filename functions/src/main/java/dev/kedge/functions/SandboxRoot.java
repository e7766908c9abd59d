package dev.kedge.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a function's process takes for the whole file system: Deno, the libraries it is
 * linked to, and the bootstrap. Nothing in it is secret, and nothing in it is written later.
 *
 * <p>Its name is a digest of what it was made of, and it appears by one rename, so that servers may
 * share it and an interrupted start leaves nothing half-made behind.
 */
final class SandboxRoot {

    static final String PROBE_SAYS = "kedge: ready";

    /** Raised when what is laid out changes in a way that the scripts do not show. */
    private static final String LAYOUT = "2";

    private static final List<String> SCRIPTS =
            List.of(
                    "bootstrap.js",
                    "adapters.js",
                    "arguments.js",
                    "authoring.ts",
                    "builtins.js",
                    "clocks.js",
                    "replay.js",
                    "sdk.js",
                    "secrets.js",
                    "state.js",
                    "verbs.js");
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+\\.so[^\\s]*)");

    private final Path folder;
    private final @Nullable String whyIncomplete;

    private SandboxRoot(Path folder, @Nullable String whyIncomplete) {
        this.folder = folder;
        this.whyIncomplete = whyIncomplete;
    }

    static SandboxRoot layOut(Path deno, Path runtimeFolder) {
        try {
            Files.createDirectories(runtimeFolder);
            var folder = runtimeFolder.resolve("sandbox-" + digestOf(deno)).toAbsolutePath();
            if (!Files.isDirectory(folder)) {
                make(deno, runtimeFolder, folder);
            }
            var note = folder.resolve("incomplete");
            return new SandboxRoot(
                    folder, Files.exists(note) ? Files.readString(note).strip() : null);
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "cannot lay out the sandbox in %s: %s"
                            .formatted(runtimeFolder, failed.getMessage()),
                    failed);
        }
    }

    Path folder() {
        return folder;
    }

    /** Whether a process can live in it, with everything else out of sight. */
    boolean complete() {
        return whyIncomplete == null;
    }

    String whyIncomplete() {
        return String.valueOf(whyIncomplete);
    }

    String bootstrapIn(boolean jail) {
        return script("bootstrap.js", jail);
    }

    String probeIn(boolean jail) {
        return script("probe.js", jail);
    }

    String importMapIn(boolean jail) {
        return script("imports.json", jail);
    }

    private String script(String name, boolean jail) {
        return jail ? "/kedge/" + name : folder.resolve("kedge").resolve(name).toString();
    }

    private static void make(Path deno, Path runtimeFolder, Path folder) throws IOException {
        var making = Files.createTempDirectory(runtimeFolder, "making-");
        try {
            var scripts = Files.createDirectory(making.resolve("kedge"));
            for (var name : SCRIPTS) {
                Files.write(scripts.resolve(name), resource(name));
            }
            Files.writeString(scripts.resolve("probe.js"), "console.log('" + PROBE_SAYS + "');\n");
            Files.writeString(scripts.resolve("imports.json"), importMap());
            Files.createDirectory(making.resolve("proc")); // Deno asks there for its own name.
            var why = addPrograms(deno, making);
            if (why != null) {
                Files.writeString(making.resolve("incomplete"), why);
            }
            openToAll(making);
            Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            remove(making);
            if (!Files.isDirectory(folder)) { // Else another server was quicker, with the same.
                throw failed;
            }
        }
    }

    /** The shim is a data URL: code from memory may not import a file, not even this one. */
    private static String importMap() throws IOException {
        var shim = java.util.Base64.getEncoder().encodeToString(resource("sdk.js"));
        var url = "data:text/javascript;base64," + shim;
        return Replies.JSON.writeValueAsString(
                Map.of("imports", Map.of("@kedge/sdk", url, "@reactor/jobs-sdk", url)));
    }

    /** Adds Deno, setpriv and what they are linked to; says why not where that cannot be. */
    private static @Nullable String addPrograms(Path deno, Path making) {
        try {
            var setpriv = programNamed("setpriv");
            if (setpriv == null) {
                return "setpriv is missing";
            }
            link(deno, making.resolve("deno"));
            Files.copy(setpriv, making.resolve("setpriv"));
            for (var library : librariesOf(deno, setpriv)) {
                var target = making.resolve(library.substring(1));
                Files.createDirectories(target.getParent());
                Files.copy(Path.of(library), target, StandardCopyOption.REPLACE_EXISTING);
            }
            return null;
        } catch (IOException failed) {
            return String.valueOf(failed.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static void link(Path from, Path to) throws IOException {
        var real = from.toRealPath();
        try {
            Files.createLink(to, real);
        } catch (IOException | UnsupportedOperationException elsewhere) {
            Files.copy(real, to);
        }
    }

    private static @Nullable Path programNamed(String name) {
        for (var folder : List.of("/usr/bin", "/bin", "/usr/sbin")) {
            var program = Path.of(folder, name);
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        return null;
    }

    private static Set<String> librariesOf(Path... programs)
            throws IOException, InterruptedException {
        var libraries = new TreeSet<String>();
        for (var program : programs) {
            var process = new ProcessBuilder("ldd", program.toString()).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("ldd cannot read " + program);
            }
            LIBRARY.matcher(said).results().forEach(found -> libraries.add(found.group(1)));
        }
        return libraries;
    }

    /** Other users must read it, whatever this process's umask is; none may write. */
    private static void openToAll(Path making) throws IOException {
        var scripts = making.resolve("kedge");
        try (var all = Files.walk(making)) {
            for (var path : (Iterable<Path>) all::iterator) {
                var shared = Files.isDirectory(path) || !path.startsWith(scripts);
                if (!path.endsWith("deno")) { // Perhaps a link to the one that is installed.
                    Files.setPosixFilePermissions(
                            path,
                            PosixFilePermissions.fromString(shared ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = SandboxRoot.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the resource " + name + " is missing");
            }
            return in.readAllBytes();
        }
    }

    private static String digestOf(Path deno) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var name : SCRIPTS) {
                digest.update(resource(name));
            }
            var binary =
                    LAYOUT
                            + " "
                            + Files.getLastModifiedTime(deno)
                            + " "
                            + Files.size(deno)
                            + " "
                            + deno;
            digest.update(binary.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}
