package dev.kedge.embedded;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folder of one server: {@code pg/} is PostgreSQL's own, next to its log, its password and the
 * lock that keeps every other process out. The system drops the lock when its holder dies.
 */
final class DataFolder {

    private static final System.Logger LOG = System.getLogger(DataFolder.class.getName());

    private static final int PASSWORD_BYTES = 24;
    private static final int SOCKET_HASH_BYTES = 8;
    private static final long LOG_BYTES_MAX = 16L << 20;
    private static final String LOCK = "lock";
    private static final String THROW_AWAY = "throw-away";

    // What this process has locked. The system's lock belongs to the whole process, and opening and
    // closing the file a second time would drop it.
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the folder if need be, and takes it for this process. */
    static DataFolder take(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, Folders.OWNER_ONLY);
            }
            var path = folder.toRealPath();
            if (!TAKEN.add(path)) {
                throw inUse(path, "this process");
            }
            try {
                return new DataFolder(path, lock(path));
            } catch (IOException | RuntimeException e) {
                TAKEN.remove(path);
                throw e;
            }
        } catch (IOException e) {
            throw Faults.of("use the data folder " + folder, e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        var file = path.resolve(LOCK);
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        var channel = FileChannel.open(file, options, Folders.OWNER_ONLY_FILE);
        if (channel.tryLock() == null) {
            channel.close();
            throw inUse(path, "process " + Files.readString(file));
        }
        channel.truncate(0);
        var pid = Long.toString(ProcessHandle.current().pid());
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    private static EmbeddedException inUse(Path path, String holder) {
        return new EmbeddedException(
                "the data folder %s is in use by %s; stop that first, or choose another folder"
                        .formatted(path, holder));
    }

    Path path() {
        return path;
    }

    Path pgdata() {
        return path.resolve("pg");
    }

    /** Where the data grows while it is made; it becomes {@link #pgdata} by {@link #finish}. */
    Path unfinished() {
        return path.resolve("pg.unfinished");
    }

    boolean hasData() {
        return Files.exists(pgdata(), LinkOption.NOFOLLOW_LINKS);
    }

    /** Lets the finished data appear, whole or not at all. */
    void finish() throws IOException {
        Files.move(unfinished(), pgdata(), StandardCopyOption.ATOMIC_MOVE);
        Folders.flushNames(path);
    }

    /** The server's log. One that has grown long makes room, and is kept until the next does. */
    Path log() throws IOException {
        var log = path.resolve("postgres.log");
        if (Files.exists(log) && Files.size(log) > LOG_BYTES_MAX) {
            Files.move(log, path.resolve("postgres.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
        return log;
    }

    /** Refuses data that our programs or this durability do not suit. */
    void admit(Durability durability) throws IOException {
        admitVersion();
        var mark = path.resolve(THROW_AWAY);
        switch (durability) {
            case DURABLE -> {
                // A crash may have torn it: it must not pass for durable.
                if (Files.exists(mark)) {
                    throw new EmbeddedException(
                            "the data folder %s belongs to a throw-away server; choose another"
                                    .formatted(path));
                }
            }
            case THROW_AWAY -> {
                if (!Files.exists(mark)) {
                    if (hasData()) {
                        throw new EmbeddedException(
                                ("the data folder %s holds durable data, which a throw-away server"
                                                + " would wipe; choose another")
                                        .formatted(path));
                    }
                    Files.createFile(mark);
                }
            }
        }
    }

    private void admitVersion() throws IOException {
        if (!hasData()) {
            return;
        }
        var file = pgdata().resolve("PG_VERSION");
        if (!Files.exists(file)) {
            throw new EmbeddedException(
                    "%s holds no PostgreSQL data; move it away, or choose another data folder"
                            .formatted(pgdata()));
        }
        var version = Files.readString(file).strip();
        if (!version.equals(Integer.toString(Binaries.MAJOR))) {
            throw new EmbeddedException(
                    ("%s was written by PostgreSQL %s and this is %d; open it with that version, or"
                                    + " choose another data folder")
                            .formatted(pgdata(), version, Binaries.MAJOR));
        }
    }

    /** Refuses data that the server's account may not touch. */
    void admit(Account account) throws IOException {
        if (hasData() && Folders.owner(pgdata()) != account.uid()) {
            throw new EmbeddedException(
                    ("%s belongs to user %d and the server would run as user %d; run chown -R %d:%d"
                                    + " on it, or choose another data folder")
                            .formatted(
                                    pgdata(),
                                    Folders.owner(pgdata()),
                                    account.uid(),
                                    account.uid(),
                                    account.gid()));
        }
    }

    /** The password of the server's owner: made up with the data, readable by us alone. */
    String password() throws IOException {
        var file = path.resolve("password");
        if (!hasData()) {
            var bytes = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(bytes);
            writePrivately(file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        } else if (!Files.exists(file)) {
            throw new EmbeddedException(
                    "the password in %s is gone and the data cannot be opened without; restore it"
                            .formatted(file));
        }
        return Files.readString(file).strip();
    }

    static void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, Folders.OWNER_ONLY_FILE);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
    }

    /**
     * A private folder for the server's socket. It is not in the data folder: the path of a socket
     * must be short, and the server's account must be able to walk there.
     */
    Path socketFolder(Account account) throws IOException {
        var folder = Path.of("/tmp", "kedge-%s-%d".formatted(hash(path), account.uid()));
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, Folders.OWNER_ONLY);
            account.own(folder);
        }
        if (Folders.owner(folder) != account.uid()) {
            throw new EmbeddedException(
                    "the folder %s for the server's socket belongs to another user; remove it"
                            .formatted(folder));
        }
        Files.setPosixFilePermissions(folder, Folders.OWNER_ONLY.value());
        return folder;
    }

    private static String hash(Path path) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(path.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, SOCKET_HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    void wipe() throws IOException {
        Folders.wipe(path);
    }

    /** Lets other processes in. */
    void release() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the lock on {0} is not released: {1}", path, e);
        }
        TAKEN.remove(path);
    }
}
