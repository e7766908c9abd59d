package dev.kedge.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * PostgreSQL's programs, unpacked once per content into a cache that every data folder shares.
 *
 * <p>An unpacked folder appears by a rename, whole and on disk, or not at all. A lock lets one
 * process unpack while others wait, and one that dies halfway leaves nothing that is ever run.
 */
record Binaries(Path home) {

    /** The major version whose data folders these programs can open. */
    static final int MAJOR = 18;

    private static final int EXECUTE_BITS = 0111;

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** Finds the programs of this platform in {@code cache}, or puts them there. */
    static Binaries unpackedIn(Path cache) {
        return unpackedIn(cache, platform());
    }

    static Binaries unpackedIn(Path cache, String platform) {
        var archive =
                Archive.of(platform)
                        .orElseThrow(() ->
                                new EmbeddedException(
                                        ("there is no embedded PostgreSQL for %s; use a"
                                                        + " server of your own, or add the binaries"
                                                        + " artifact for this platform")
                                                .formatted(platform)));
        try {
            var name = "postgres-%d-%s-%s".formatted(MAJOR, platform, archive.digest());
            var home = cache.resolve(name);
            if (!Files.isDirectory(home)) {
                unpackOnce(archive, cache, home);
            }
            return new Binaries(home);
        } catch (IOException e) {
            throw Faults.of("unpack PostgreSQL into " + cache, e);
        }
    }

    private static String platform() {
        var os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).replace(' ', '_');
        var arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        var system = os.startsWith("mac") ? "darwin" : os;
        return switch (arch) {
            case "amd64", "x86_64" -> system + "-x86_64";
            case "aarch64", "arm64" -> system + "-arm_64";
            default -> system + "-" + arch;
        };
    }

    // The file's lock keeps other processes out, the monitor other threads of this one.
    private static synchronized void unpackOnce(Archive archive, Path cache, Path home)
            throws IOException {
        try (var channel =
                        FileChannel.open(
                                cache.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (Files.isDirectory(home)) {
                return; // Somebody else was quicker.
            }
            var unfinished = cache.resolve("unfinished");
            Folders.wipe(unfinished);
            unpack(archive, unfinished);
            Programs.flush(unfinished);
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    static void unpack(Archive archive, Path to) throws IOException {
        createFolder(to);
        try (var decoded = archive.decoded();
                var tar = new TarArchiveInputStream(decoded)) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var target = to.resolve(entry.getName()).normalize();
                if (!target.startsWith(to)) {
                    throw new IOException("the archive reaches outside: " + entry.getName());
                }
                if (!isForBuildersOnly(entry.getName())) {
                    unpack(tar, entry, target);
                }
            }
            decoded.transferTo(
                    OutputStream.nullOutputStream()); // To the end, where the checksum is.
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
            throws IOException {
        if (entry.isDirectory()) {
            createFolder(target);
            return;
        }
        createFolder(target.resolveSibling(".").normalize());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            var runs = (entry.getMode() & EXECUTE_BITS) != 0;
            Files.setPosixFilePermissions(
                    target, runs ? Folders.READABLE_BY_ALL : Folders.READABLE_FILE);
        }
    }

    /** Whatever our umask says, the server's account must get in. */
    private static void createFolder(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            createFolder(folder.resolveSibling(".").normalize());
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, Folders.READABLE_BY_ALL);
        }
    }

    /** Static libraries and the like serve those who compile extensions. */
    private static boolean isForBuildersOnly(String name) {
        return name.endsWith(".a") || name.contains("/pgxs/") || name.contains("/pkgconfig/");
    }
}
