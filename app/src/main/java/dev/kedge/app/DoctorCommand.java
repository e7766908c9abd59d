package dev.kedge.app;

import dev.kedge.api.HealthView;
import dev.kedge.api.Json;
import dev.kedge.cli.ExitCode;
import dev.kedge.cli.Surroundings;
import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import dev.kedge.functions.DenoBinary;
import dev.kedge.functions.Functions;
import dev.kedge.functions.FunctionsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kedge doctor}: tries, one by one, what a server will need. */
@Command
final class DoctorCommand implements Callable<Integer> {

    private static final long FREE_BYTES_MIN = 1L << 30;

    private final Surroundings around;

    @Mixin private final ServerOptions options = new ServerOptions();

    @Option(names = "--json", description = "Print JSON on standard output.")
    boolean json;

    DoctorCommand(Surroundings around) {
        this.around = around;
    }

    /** Says what was found, or throws with a message that says what is wrong. */
    @FunctionalInterface
    private interface Examination {
        String find() throws Exception;
    }

    @Override
    public Integer call() {
        var settings = Settings.of(options, around.environment());
        var places = Places.of(around.environment());
        var checks = new ArrayList<HealthView.Check>();
        checks.add(check("java", () -> "Java " + Runtime.version()));
        checks.add(check("port", () -> port(settings)));
        checks.add(check("data folder", () -> data(settings.data())));
        checks.add(check("database", () -> database(settings)));
        checks.add(check("deno", () -> deno(places).toString()));
        checks.add(check("sandbox", () -> sandbox(places)));
        var healthy = checks.stream().allMatch(HealthView.Check::passed);
        print(new HealthView(healthy, checks));
        return healthy ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private static HealthView.Check check(String name, Examination examination) {
        try {
            return new HealthView.Check(name, true, examination.find());
        } catch (Exception e) { // Whatever it is: that is what the doctor was asked to find.
            return new HealthView.Check(name, false, String.valueOf(e.getMessage()));
        }
    }

    private void print(HealthView health) {
        var terminal = around.terminal();
        if (json) {
            terminal.out().println(new String(Json.write(health), StandardCharsets.UTF_8));
            return;
        }
        for (var check : health.checks()) {
            var mark =
                    check.passed() ? terminal.style().green("ok  ") : terminal.style().red("FAIL");
            terminal.out().printf("%s  %-12s %s%n", mark, check.name(), check.detail());
        }
    }

    private static String port(Settings settings) throws IOException {
        var http = settings.http();
        try (var socket = new ServerSocket(http.port(), 1, InetAddress.getByName(http.host()))) {
            return "%s:%d is free".formatted(http.host(), socket.getLocalPort());
        } catch (IOException e) {
            throw new IOException(
                    "%s:%d is not free (%s); choose another with --port"
                            .formatted(http.host(), http.port(), e.getMessage()),
                    e);
        }
    }

    private static String data(Path folder) throws IOException {
        var existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isWritable(existing)) {
            throw new IOException("cannot write to " + existing);
        }
        var free = Files.getFileStore(existing).getUsableSpace();
        if (free < FREE_BYTES_MIN) {
            throw new IOException("only %d MiB free at %s".formatted(free >> 20, existing));
        }
        return "%s, %d GiB free".formatted(folder, free >> 30);
    }

    private static String database(Settings settings) throws IOException, SQLException {
        return switch (settings.database()) {
            case Database.External(var url, var user, var password) -> version(url, user, password);
            case Database.Embedded _ -> embedded();
        };
    }

    /** Starts one in a folder of its own: the real one may be in use by a server. */
    private static String embedded() throws IOException, SQLException {
        var folder = Files.createTempDirectory("kedge-doctor-");
        try (var postgres = EmbeddedPostgres.start(EmbeddedConfig.throwAway(folder))) {
            return "embedded " + version(postgres.jdbcUrl(), postgres.user(), postgres.password());
        } finally {
            Folders.remove(folder);
        }
    }

    private static String version(String url, String user, String password) throws SQLException {
        try (var connection = DriverManager.getConnection(url, user, password)) {
            return "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
        }
    }

    private static Path deno(Places places) {
        return DenoBinary.find(places.deno(), places.installs());
    }

    private static String sandbox(Places places) {
        var config =
                FunctionsConfig.of(deno(places), places.cache().resolve("functions"))
                        .withProcesses(1, 0)
                        .withWeakSandboxAllowed(true);
        try (var functions = Functions.open(config)) {
            return functions.sandbox().toString();
        }
    }
}
