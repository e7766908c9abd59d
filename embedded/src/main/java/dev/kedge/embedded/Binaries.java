package dev.kedge.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked once per content into a cache that every data folder shares.
 *
 * <p>An unpacked folder appears by a rename, whole or not at all: two processes may unpack at the
 * same time, and one that dies halfway leaves nothing that is ever used.
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
        var name = "postgres-%s.txz".formatted(platform());
        var archive = Binaries.class.getResource("/" + name);
        if (archive == null) {
            throw new EmbeddedException(
                    ("there is no embedded PostgreSQL for %s; add the binaries artifact of this"
                                    + " platform, or use a PostgreSQL of your own")
                            .formatted(platform()));
        }
        try {
            var home =
                    cache.resolve(
                            "postgres-%d-%s-%s".formatted(MAJOR, platform(), digest(archive)));
            if (!Files.isDirectory(home)) {
                unpack(archive, cache, home);
            }
            return new Binaries(home);
        } catch (IOException e) {
            throw Faults.of("unpack PostgreSQL into " + cache, e);
        }
    }

    private static String platform() {
        var os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        var arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        var system = os.startsWith("mac") ? "darwin" : os.replace(' ', '_');
        return switch (arch) {
            case "amd64", "x86_64" -> system + "-x86_64";
            case "aarch64", "arm64" -> system + "-arm_64";
            default -> system + "-" + arch;
        };
    }

    /** Tells contents apart. A jar knows it without reading fifteen megabytes. */
    private static String digest(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection jar) {
            var entry = jar.getJarEntry();
            if (entry.getCrc() >= 0 && entry.getSize() >= 0) {
                return "%08x-%d".formatted(entry.getCrc(), entry.getSize());
            }
        }
        try (var in = new CheckedInputStream(archive.openStream(), new CRC32())) {
            var size = in.transferTo(java.io.OutputStream.nullOutputStream());
            return "%08x-%d".formatted(in.getChecksum().getValue(), size);
        }
    }

    private static void unpack(URL archive, Path cache, Path home) throws IOException {
        var fresh = Files.createTempDirectory(cache, "unpacking-");
        try {
            try (var in = archive.openStream()) {
                unpack(in, fresh);
            }
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            try {
                Files.move(fresh, home, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
                // Another process was quicker; its copy is as good.
                if (!Files.isDirectory(home)) {
                    throw e;
                }
            } catch (IOException e) {
                if (!Files.isDirectory(home)) {
                    throw e;
                }
            }
        } finally {
            Folders.wipe(fresh);
        }
    }

    private static void unpack(InputStream archive, Path to) throws IOException {
        try (var tar =
                new TarArchiveInputStream(
                        new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (isForBuildersOnly(entry.getName())) {
                    continue;
                }
                var target = to.resolve(entry.getName()).normalize();
                if (!target.startsWith(to)) {
                    throw new IOException("the archive reaches outside: " + entry.getName());
                }
                unpack(tar, entry, target);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
            throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        Files.setPosixFilePermissions(
                target,
                PosixFilePermissions.fromString(
                        (entry.getMode() & EXECUTE_BITS) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** Static libraries and the like serve those who compile extensions. */
    private static boolean isForBuildersOnly(String name) {
        return name.endsWith(".a") || name.contains("/pgxs/") || name.contains("/pkgconfig/");
    }
}
