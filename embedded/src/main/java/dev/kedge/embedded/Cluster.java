package dev.kedge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The data of one server, how it is made and how a server is launched on it. */
record Cluster(DataFolder folder, Account account, Binaries binaries, Path socketFolder) {

    static final String OWNER = "kedge";

    // A server under another account may be unable to walk to its data, say below /root. It starts
    // inside the folder, where root put it, and asks the kernel for the place it stands in.
    private static final String HERE = "/proc/self/cwd";

    /**
     * Makes the data, if there is none. It appears whole and flushed to disk, or not at all: what a
     * crash left half done is wiped and made anew.
     */
    void create(String password) throws IOException, InterruptedException {
        if (folder.hasData()) {
            return;
        }
        var unfinished = folder.unfinished();
        if (Files.exists(unfinished)) {
            Folders.wipe(unfinished);
        }
        Files.createDirectory(unfinished, Folders.OWNER_ONLY);
        account.own(unfinished);
        var passwordFile = socketFolder.resolve("password");
        try {
            DataFolder.writePrivately(passwordFile, password);
            account.own(passwordFile);
            var initdb = run(initdb(unfinished, passwordFile), unfinished);
            if (initdb.awaitEnd() != 0) {
                throw Faults.said("initdb", initdb.said());
            }
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        folder.finish();
    }

    private List<String> initdb(Path pgdata, Path passwordFile) {
        return List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + place(pgdata),
                "--username=" + OWNER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                // PostgreSQL's own rules for text: those of a C library change under the indexes.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
                // Our password is random throughout: no guessing it, so no need to slow guesses.
                "--set=scram_iterations=256",
                "--no-instructions");
    }

    Postmaster launch(int port, EmbeddedConfig config) throws IOException {
        var command = new ArrayList<String>();
        command.add(binaries.program("postgres").toString());
        command.addAll(List.of("-D", place(folder.pgdata())));
        settings(port, config)
                .forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return run(command, folder.pgdata());
    }

    private Postmaster run(List<String> command, Path where) throws IOException {
        return Postmaster.launch(account.command(command), where, folder.log());
    }

    private String place(Path pgdata) {
        return account.isAnother() ? HERE : pgdata.toString();
    }

    private Map<String, String> settings(int port, EmbeddedConfig config) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listen_addresses", Database.HOST);
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", socketFolder.toString());
        settings.put("unix_socket_permissions", "0700");
        settings.put("max_connections", "100");
        settings.put("shared_buffers", "128MB");
        settings.put("wal_buffers", "16MB");
        // Short statements over hot rows: compiling them costs more than it saves, and the vacuum
        // must keep up with rows that live for milliseconds.
        settings.put("jit", "off");
        settings.put("random_page_cost", "1.1");
        settings.put("autovacuum_naptime", "10s");
        settings.put("autovacuum_vacuum_cost_delay", "1ms");
        settings.put("scram_iterations", "4096"); // For whatever passwords people add.
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("log_checkpoints", "off");
        var durable =
                switch (config.durability()) {
                    case DURABLE -> "on";
                    case THROW_AWAY -> "off";
                };
        Durable.SETTINGS.forEach(name -> settings.put(name, durable));
        settings.putAll(config.settings());
        return settings;
    }
}
