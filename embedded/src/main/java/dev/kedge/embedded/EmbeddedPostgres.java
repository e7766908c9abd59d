package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.Files;

/**
 * A running PostgreSQL that belongs to this process.
 *
 * <p>A data folder belongs to one process at a time. If the server dies, it is started again at the
 * same port, and what was committed is there. If this process dies without closing, the server
 * lives on; the next start on its folder stops it and begins with what was committed.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private final EmbeddedConfig config;
    private final Cluster cluster;
    private final Database database;
    private final Guard guard;
    private boolean closed; // guarded by this

    private EmbeddedPostgres(
            EmbeddedConfig config, Cluster cluster, Database database, Guard guard) {
        this.config = config;
        this.cluster = cluster;
        this.database = database;
        this.guard = guard;
    }

    /**
     * Starts the server on its data folder, creating or recovering that as needed, and returns when
     * it answers queries.
     *
     * @throws EmbeddedException if it cannot be started; the message says why and what to do
     */
    public static EmbeddedPostgres start(EmbeddedConfig config) {
        var folder = DataFolder.take(config.dataFolder());
        EmbeddedPostgres started = null;
        try {
            started = start(config, folder);
            return started;
        } catch (IOException e) {
            throw Faults.of("start PostgreSQL in " + folder.path(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("the start of PostgreSQL was interrupted; try again", e);
        } finally {
            if (started == null) {
                folder.release();
            }
        }
    }

    private static EmbeddedPostgres start(EmbeddedConfig config, DataFolder folder)
            throws IOException, InterruptedException {
        var any = config.port() == EmbeddedConfig.ANY_PORT;
        var port = any ? Ports.anyFree() : config.port();
        Thread.ofVirtual().name("kedge-postgres-warm-up").start(() -> Database.warmUp(port));

        folder.admit(config.durability());
        var account = Account.forServerOn(folder.pgdata());
        folder.admit(account);
        var binaries = Binaries.unpackedIn(Cache.folder());
        var password = folder.password();
        var cluster = new Cluster(folder, account, binaries, folder.socketFolder(account));
        var database = new Database(port, password);
        var guard = new Guard(new Launch(cluster, database, config));
        var started = false;
        try {
            cluster.create(password);
            guard.start();
            started = true;
            return new EmbeddedPostgres(config, cluster, database, guard);
        } finally {
            if (!started) {
                Folders.wipe(cluster.socketFolder());
            }
        }
    }

    /** Where the database {@code kedge} is, which is there from the start. */
    public String jdbcUrl() {
        return database.url(Database.NAME);
    }

    /** Where the database of that name is, if there is one. */
    public String jdbcUrl(String name) {
        return database.url(name);
    }

    /** The server's owner, who may do everything. */
    public String user() {
        return Cluster.OWNER;
    }

    /** The owner's password, which was made up with the data. */
    public String password() {
        return database.password();
    }

    /** The port on the loopback address; it stays the same over restarts of the server. */
    public int port() {
        return database.port();
    }

    /** The server's process as of now. After a restart it is another. */
    public long postmasterPid() {
        return guard.pid();
    }

    /** Creates an empty database and says where it is. */
    public String createDatabase(String name) {
        return cloneTemplate("template0", name);
    }

    /** Creates a database equal to {@code template}, to which nobody may be connected. */
    public String cloneTemplate(String template, String name) {
        database.execute(
                "create database %s template %s"
                        .formatted(Database.quoted(name), Database.quoted(template)));
        return database.url(name);
    }

    /** Drops a database, if there is one of that name, and cuts off who is connected to it. */
    public void dropDatabase(String name) {
        database.execute(
                "drop database if exists %s with (force)".formatted(Database.quoted(name)));
    }

    /**
     * Stops the server and waits for it, within bounds; throw-away data goes with it. Once is
     * enough, twice does no harm, and a shutdown hook may do it.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            guard.stop(config.durability());
            if (Files.exists(cluster.socketFolder())) {
                Folders.wipe(cluster.socketFolder());
            }
            switch (config.durability()) {
                case DURABLE -> {}
                case THROW_AWAY -> cluster.folder().wipe();
            }
        } catch (IOException e) {
            throw Faults.of("close PostgreSQL in " + cluster.folder().path(), e);
        } finally {
            cluster.folder().release();
        }
    }
}
