package dev.kedge.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A running PostgreSQL that belongs to this process.
 *
 * <p>One process has one data folder to itself. If the server dies, it is started again on the same
 * port, and what was committed is there. If this process dies, the server may live on; the next
 * start on its folder stops it first.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final String USER = "kedge";
    private static final String DATABASE = "kedge";
    private static final String HOST = "127.0.0.1";
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int CONNECT_SECONDS_MAX = 5;
    // Below the range from which systems take the ports of outgoing connections: no client can sit
    // on ours while the server is down, nor connect to itself there.
    private static final int PORT_FIRST = 20_000;
    private static final int PORT_LAST = 32_767;
    private static final int PORT_TRIES_MAX = 100;

    private final EmbeddedConfig config;
    private final DataFolder folder;
    private final Binaries binaries;
    private final Account account;
    private final Path socketFolder;
    private final String password;
    private final int port;
    private Postmaster postmaster;

    private EmbeddedPostgres(EmbeddedConfig config, DataFolder folder) throws IOException {
        this.config = config;
        this.folder = folder;
        folder.admit(config.durability());
        account = Account.forServerIn(folder.pgdata());
        binaries = Binaries.unpackedIn(Caches.folder());
        socketFolder = folder.socketFolder(account);
        password = folder.password();
        if (!folder.hasData()) {
            initialise();
        }
        port = config.port() == EmbeddedConfig.ANY_PORT ? freePort() : config.port();
        postmaster = launch();
    }

    /**
     * Starts the server on its data folder, creating, re-opening or recovering it as needed, and
     * returns when it answers.
     *
     * @throws EmbeddedException if there is no starting it; the message says why and what to do
     */
    public static EmbeddedPostgres start(EmbeddedConfig config) {
        var folder = DataFolder.take(config.dataFolder());
        try {
            var server = new EmbeddedPostgres(config, folder);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw Faults.of("start PostgreSQL in " + folder.path(), e);
        }
    }

    /** Where the database {@code kedge} is. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(HOST, port, database);
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    public int port() {
        return port;
    }

    /** The process id of the server as it runs now; another one after it was restarted. */
    public synchronized long postmasterPid() {
        return postmaster.pid();
    }

    /** Creates an empty database and says where it is. */
    public String createDatabase(String name) {
        execute("create database %s template template0".formatted(quoted(name)));
        return jdbcUrl(name);
    }

    /** Creates a database that equals {@code template}, to which nobody may be connected. */
    public String cloneTemplate(String template, String name) {
        execute("create database %s template %s".formatted(quoted(name), quoted(template)));
        return jdbcUrl(name);
    }

    /** Drops a database, cutting off whoever is connected to it. */
    public void dropDatabase(String name) {
        execute("drop database if exists %s with (force)".formatted(quoted(name)));
    }

    /** Stops the server, and forgets its data if that was agreed. Closing twice is fine. */
    @Override
    public synchronized void close() {
        postmaster.stop(config.durability());
        try {
            Folders.wipe(socketFolder);
            if (config.durability() == Durability.THROW_AWAY) {
                folder.wipe();
            }
            folder.close();
        } catch (IOException e) {
            throw Faults.of("leave the data folder " + folder.path(), e);
        }
    }

    private void execute(String statement) {
        try (var connection = connect("postgres");
                var sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new EmbeddedException("%s failed: %s".formatted(statement, e.getMessage()), e);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private Connection connect(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    private void awaitReady() {
        var deadline = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try (var _ = connect(DATABASE)) {
                return;
            } catch (SQLException e) {
                if ("3D000".equals(e.getSQLState())) {
                    execute("create database %s".formatted(quoted(DATABASE)));
                } else if (!postmaster.isAlive()) {
                    throw Faults.said("PostgreSQL", postmaster.said());
                } else if (System.nanoTime() > deadline) {
                    throw new EmbeddedException(
                            "PostgreSQL in %s does not answer: %s"
                                    .formatted(folder.path(), e.getMessage()),
                            e);
                }
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EmbeddedException("the start of PostgreSQL was interrupted", e);
            }
        }
    }

    private Postmaster launch() throws IOException {
        var command = new ArrayList<String>();
        command.add(binaries.program("postgres").toString());
        command.addAll(List.of("-D", "/proc/self/cwd"));
        settings().forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return Postmaster.launch(account.command(command), folder.pgdata(), folder.log());
    }

    private Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listen_addresses", HOST);
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", socketFolder.toString());
        settings.put("unix_socket_permissions", "0700");
        settings.put("max_connections", "100");
        settings.put("shared_buffers", "128MB");
        settings.put("jit", "off");
        var durable = config.durability() == Durability.DURABLE ? "on" : "off";
        settings.put("fsync", durable);
        settings.put("full_page_writes", durable);
        settings.put("synchronous_commit", durable);
        settings.putAll(config.settings());
        return settings;
    }

    private void initialise() throws IOException {
        var unfinished = folder.unfinished();
        Folders.wipe(unfinished);
        Files.createDirectory(unfinished, Folders.OWNER_ONLY);
        account.own(unfinished);
        var passwordFile = socketFolder.resolve("password");
        Files.deleteIfExists(passwordFile);
        Files.createFile(passwordFile, Folders.OWNER_ONLY_FILE);
        Files.writeString(passwordFile, password);
        account.own(passwordFile);
        var command =
                List.of(
                        binaries.program("initdb").toString(),
                        "-D",
                        "/proc/self/cwd",
                        "--username=" + USER,
                        "--pwfile=" + passwordFile,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--data-checksums",
                        "--no-instructions");
        var initdb = Postmaster.launch(account.command(command), unfinished, folder.log());
        try {
            initdb.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("the start of PostgreSQL was interrupted", e);
        }
        Files.deleteIfExists(passwordFile);
        if (!Files.exists(unfinished.resolve("postgresql.auto.conf"))) {
            throw Faults.said("initdb", initdb.said());
        }
        Files.move(unfinished, folder.pgdata(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static int freePort() {
        for (var i = 0; i < PORT_TRIES_MAX; i++) {
            var port = ThreadLocalRandom.current().nextInt(PORT_FIRST, PORT_LAST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new EmbeddedException("no free port was found; name one");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
