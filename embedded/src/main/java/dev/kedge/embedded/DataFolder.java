package dev.kedge.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The folder of one server: {@code pg/} is PostgreSQL's own, next to its log, its password and the
 * lock that keeps every other process out. The system drops the lock when its holder dies.
 */
final class DataFolder implements AutoCloseable {

    private static final int PASSWORD_BYTES = 24;
    private static final String PASSWORD = "password";
    private static final String THROW_AWAY_MARK = "throw-away";

    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the folder if need be and takes it for this process. */
    static DataFolder take(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, Folders.OWNER_ONLY);
            }
            var path = folder.toRealPath();
            return new DataFolder(path, lock(path));
        } catch (IOException e) {
            throw Faults.of("use the data folder " + folder, e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        var channel =
                FileChannel.open(
                        path.resolve("lock"),
                        java.util.Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        Folders.OWNER_ONLY_FILE);
        try {
            if (channel.tryLock() != null) {
                channel.truncate(0);
                var pid = Long.toString(ProcessHandle.current().pid());
                channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another server of this very process holds it: the sentence below says so.
        }
        var holder = Files.readString(path.resolve("lock"));
        channel.close();
        throw new EmbeddedException(
                "the data folder %s is in use by process %s; stop that first, or choose another folder"
                        .formatted(path, holder));
    }

    Path path() {
        return path;
    }

    Path pgdata() {
        return path.resolve("pg");
    }

    /** Where the data grows while it is made; it becomes {@link #pgdata} by a rename. */
    Path unfinished() {
        return path.resolve("pg.unfinished");
    }

    Path log() {
        return path.resolve("postgres.log");
    }

    boolean hasData() {
        return Files.exists(pgdata());
    }

    /** Throw-away data may be torn by any crash: it must never be mistaken for durable data. */
    void admit(Durability durability) throws IOException {
        var mark = path.resolve(THROW_AWAY_MARK);
        var marked = Files.exists(mark);
        switch (durability) {
            case DURABLE -> {
                if (marked) {
                    throw new EmbeddedException(
                            "the data folder %s belongs to a throw-away server; choose another folder"
                                    .formatted(path));
                }
            }
            case THROW_AWAY -> {
                if (hasData() && !marked) {
                    throw new EmbeddedException(
                            "the data folder %s holds durable data, which a throw-away server would wipe; choose another folder"
                                    .formatted(path));
                }
                if (!marked) {
                    Files.createFile(mark);
                }
            }
        }
    }

    /** The password of the server's owner; made up once, readable by this account alone. */
    String password() throws IOException {
        var file = path.resolve(PASSWORD);
        if (!hasData()) {
            var bytes = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(bytes);
            var password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            Files.deleteIfExists(file);
            Files.createFile(file, Folders.OWNER_ONLY_FILE);
            Files.writeString(file, password);
        }
        return Files.readString(file).strip();
    }

    /**
     * The private folder for the server's socket. Not in the data folder: a socket's path must be
     * short, and the server's account must be able to reach it.
     */
    Path socketFolder(Account account) throws IOException {
        var name = "kedge-" + HexFormat.of().toHexDigits(path.toString().hashCode());
        var folder = Path.of("/tmp", name + "-" + account.uid());
        if (!Files.isDirectory(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, Folders.OWNER_ONLY);
            account.own(folder);
        }
        if (Folders.owner(folder) != account.uid()) {
            throw new EmbeddedException(
                    "the socket folder %s belongs to another user; remove it".formatted(folder));
        }
        return folder;
    }

    void wipe() throws IOException {
        Folders.wipe(path);
    }

    /** Lets other processes in. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
