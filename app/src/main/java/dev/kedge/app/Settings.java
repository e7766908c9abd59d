package dev.kedge.app;

import dev.kedge.engine.EngineConfig;
import dev.kedge.model.KedgeException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a server is to be run. Made once, from options first and the environment second, and wrong at
 * no time after.
 *
 * @param host an address or name of this machine
 * @param port 0 for any free one
 * @param data the folder for everything that is kept outside the database
 * @param jobs a folder of functions to be deployed at the start and on every change
 * @param weakSandboxAllowed whether to serve where only Deno's own permissions confine functions
 */
record Settings(
        String host,
        int port,
        Path data,
        Optional<Path> jobs,
        Database database,
        EngineConfig engine,
        boolean weakSandboxAllowed) {

    static final String HOST_DEFAULT = "127.0.0.1";
    static final int PORT_DEFAULT = 8080;
    static final Path DATA_DEFAULT = Path.of(".kedge");

    Settings {
        if (port < 0 || port > 65_535) {
            throw new KedgeException.Invalid("port", "must be between 0 and 65535, got " + port);
        }
        if (jobs.isPresent() && !Files.isDirectory(jobs.get())) {
            throw new KedgeException.Invalid("jobs", "there is no folder " + jobs.get());
        }
    }

    /** Every text is taken from {@code given}, then from {@code environment}, then as default. */
    static Settings of(ServerOptions given, Map<String, String> environment) {
        Environment.check(environment);
        var source = new Source(environment);
        var data =
                Path.of(source.text(given.data, "KEDGE_DATA", DATA_DEFAULT.toString()))
                        .toAbsolutePath()
                        .normalize();
        return new Settings(
                source.text(given.host, "KEDGE_HOST", HOST_DEFAULT),
                source.number("port", given.port, "KEDGE_PORT", PORT_DEFAULT),
                data,
                Optional.ofNullable(source.text(given.jobs, "KEDGE_JOBS")).map(Path::of),
                database(given, source, data),
                engine(given, source),
                given.weakSandboxAllowed);
    }

    Settings withJobs(Path other) {
        return new Settings(
                host, port, data, Optional.of(other), database, engine, weakSandboxAllowed);
    }

    Settings withWeakSandboxAllowed() {
        return new Settings(host, port, data, jobs, database, engine, true);
    }

    /** Whether nobody but this machine can reach it. */
    boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new KedgeException.Invalid("host", "there is no such address: " + host);
        }
    }

    private static Database database(ServerOptions given, Source source, Path data) {
        var url = source.text(given.databaseUrl, "KEDGE_DATABASE_URL");
        return url == null
                ? new Database.Embedded(data.resolve("postgres"))
                : Database.at(
                        url,
                        source.text(null, "KEDGE_DATABASE_USER"),
                        source.text(null, "KEDGE_DATABASE_PASSWORD"));
    }

    private static EngineConfig engine(ServerOptions given, Source source) {
        var engine = EngineConfig.DEFAULT;
        var slots = source.number("slots", given.slots, "KEDGE_SLOTS", engine.slots());
        var lease = source.text(given.lease, "KEDGE_LEASE", "default");
        return switch (lease.toLowerCase(Locale.ROOT)) {
            case "default" -> engine.withSlots(slots);
            case "short" -> engine.withSlots(slots).withShortLease();
            default ->
                    throw new KedgeException.Invalid(
                            "lease", "must be short or default, got '%s'".formatted(lease));
        };
    }

    private record Source(Map<String, String> environment) {

        @Nullable String text(@Nullable String given, String variable) {
            if (given != null) {
                return given;
            }
            var value = environment.get(variable);
            return value == null || value.isEmpty() ? null : value;
        }

        String text(@Nullable String given, String variable, String otherwise) {
            var value = text(given, variable);
            return value == null ? otherwise : value;
        }

        int number(String name, @Nullable Integer given, String variable, int otherwise) {
            if (given != null) {
                return given;
            }
            var value = text(null, variable);
            try {
                return value == null ? otherwise : Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new KedgeException.Invalid(
                        name, "%s must be a number, got '%s'".formatted(variable, value));
            }
        }
    }
}
