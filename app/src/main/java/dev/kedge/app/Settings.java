package dev.kedge.app;

import dev.kedge.engine.EngineConfig;
import dev.kedge.model.KedgeException;
import dev.kedge.server.EdgeConfig;
import dev.kedge.server.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a server is to be run. Made once, from options first and the environment second, and wrong at
 * no time after.
 *
 * @param http where it listens, and what it minds there
 * @param data the folder for everything that is kept outside the database
 * @param jobs a folder of functions to be deployed at the start and on every change
 * @param weakSandboxAllowed whether to serve where only Deno's own permissions confine functions
 * @param secretsKey where the keys of secrets are
 * @param functionEnvironment the variables that functions are shown
 */
record Settings(
        ServerConfig http,
        Path data,
        Optional<Path> jobs,
        Database database,
        EngineConfig engine,
        boolean weakSandboxAllowed,
        SecretsKey secretsKey,
        Map<String, String> functionEnvironment,
        Trust trust) {

    /**
     * What callers are known by.
     *
     * @param serverKey hashes keys and tokens; where none is given, the data folder has one
     * @param issuers the file that says whose tokens are taken
     */
    record Trust(Optional<String> serverKey, Optional<Path> issuers) {
        static final Trust DEFAULT = new Trust(Optional.empty(), Optional.empty());

        /** Never the key. */
        @Override
        public String toString() {
            return "issuers: " + issuers;
        }
    }

    static final Path DATA_DEFAULT = Path.of(".kedge");

    Settings {
        functionEnvironment = Map.copyOf(functionEnvironment);
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
        var database = database(given, source, data);
        return new Settings(
                http(given, source),
                data,
                Optional.ofNullable(source.text(given.jobs, "KEDGE_JOBS")).map(Path::of),
                database,
                engine(given, source),
                given.weakSandboxAllowed,
                SecretsKey.of(
                        source.text(null, "KEDGE_SECRETS_KEY"),
                        source.text(null, "KEDGE_SECRETS_KEY_FILE"),
                        database,
                        data),
                Environment.forFunctions(environment),
                new Trust(
                        Optional.ofNullable(source.text(null, "KEDGE_SERVER_KEY")),
                        Optional.ofNullable(source.text(given.issuers, "KEDGE_ISSUERS"))
                                .map(Path::of)));
    }

    Settings withJobs(Path other) {
        return new Settings(
                http,
                data,
                Optional.of(other),
                database,
                engine,
                weakSandboxAllowed,
                secretsKey,
                functionEnvironment,
                trust);
    }

    Settings withWeakSandboxAllowed() {
        return new Settings(
                http, data, jobs, database, engine, true, secretsKey, functionEnvironment, trust);
    }

    /**
     * Keys that travel in the clear are not secret for long. So who opens the server to a network
     * gives it a certificate, or says that somebody in front of it has one.
     */
    private static ServerConfig http(ServerOptions given, Source source) {
        var normal = ServerConfig.DEFAULT;
        var http =
                normal.withHost(source.text(given.host, "KEDGE_HOST", normal.host()))
                        .withPort(source.number("port", given.port, "KEDGE_PORT", normal.port()))
                        .withEdge(edge(given, source));
        var insecure = given.insecureHttp || source.flag("KEDGE_INSECURE_HTTP");
        if (http.edge().tls() == null && !insecure && !http.isLoopback()) {
            throw new KedgeException.Invalid(
                    "host",
                    ("%s can be reached from other machines, and keys would travel there in the"
                                    + " clear: give a certificate with --tls-cert and --tls-key,"
                                    + " or say --insecure-http (KEDGE_INSECURE_HTTP=true) if"
                                    + " something in front of the server speaks TLS")
                            .formatted(http.host()));
        }
        return http;
    }

    private static EdgeConfig edge(ServerOptions given, Source source) {
        var edge = EdgeConfig.DEFAULT;
        return edge.withTls(tls(given, source))
                .withOrigins(source.list("KEDGE_CORS_ORIGINS"))
                .withProxies(source.list("KEDGE_TRUSTED_PROXIES"))
                .withRates(
                        source.number("rate", null, "KEDGE_RATE_PER_ADDRESS", edge.perAddressMax()),
                        source.number(
                                "rate", null, "KEDGE_RATE_PER_PRINCIPAL", edge.perPrincipalMax()),
                        edge.failuresMax());
    }

    private static EdgeConfig.@Nullable Tls tls(ServerOptions given, Source source) {
        var certificates = source.text(given.tlsCert, "KEDGE_TLS_CERT");
        var key = source.text(given.tlsKey, "KEDGE_TLS_KEY");
        if (certificates == null && key == null) {
            return null;
        }
        if (certificates == null || key == null) {
            throw new KedgeException.Invalid("tls", "both are wanted: --tls-cert and --tls-key");
        }
        return EdgeConfig.Tls.of(Path.of(certificates), Path.of(key));
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

        /** True where it says so; false where it says that, or nothing. */
        boolean flag(String variable) {
            var value = text(null, variable, "false");
            if (!value.equals("true") && !value.equals("false")) {
                throw new KedgeException.Invalid(
                        variable, "must be true or false, got '%s'".formatted(value));
            }
            return value.equals("true");
        }

        /** Whatever stands between commas. */
        Set<String> list(String variable) {
            return Stream.of(text(null, variable, "").split(",", -1))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.toSet());
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
