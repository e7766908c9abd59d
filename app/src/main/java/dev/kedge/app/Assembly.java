package dev.kedge.app;

import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Health;
import dev.kedge.functions.DenoBinary;
import dev.kedge.functions.Functions;
import dev.kedge.functions.FunctionsConfig;
import dev.kedge.model.Deployment;
import dev.kedge.model.Namespace;
import dev.kedge.server.AuditExport;
import dev.kedge.server.AuditKey;
import dev.kedge.server.FunctionUploads;
import dev.kedge.server.Server;
import dev.kedge.server.ServerConfig;
import dev.kedge.server.caller.Callers;
import dev.kedge.server.caller.Issuers;
import dev.kedge.server.caller.ServerKey;
import dev.kedge.server.caller.SignedRunTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A whole server: the object graph, put together from the bottom and taken down from the top.
 *
 * <p>Taking it down lets attempts end for a while and then hands their runs back; nothing that was
 * acknowledged depends on its being done well, or at all.
 */
final class Assembly implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Assembly.class.getName());

    /** How long attempts may go on once the server was told to stop. */
    static final Duration DRAIN_MAX = Duration.ofSeconds(30);

    private static final Duration ANSWERS_MAX = Duration.ofSeconds(2);

    /** How long a cut of the audit's tail could go unseen. */
    private static final Duration AUDIT_EXPORT_INTERVAL = Duration.ofMinutes(1);

    private record Part(String name, AutoCloseable stop) {}

    /** What the server may do with functions, which it does not know. */
    private record Uploads(Functions functions, Engine engine) implements FunctionUploads {

        @Override
        public Deployment deploy(
                Namespace namespace, String function, String code, boolean promote) {
            return functions.deploy(engine, namespace, function, code, promote).deployment();
        }

        @Override
        public Deployment promote(Namespace namespace, String function, int version) {
            return functions.promote(engine, namespace, function, version).deployment();
        }
    }

    private final Deque<Part> started = new ArrayDeque<>();
    private final SignedRunTokens runTokens = new SignedRunTokens();
    private final Functions functions;
    private final Server server;
    private final Optional<String> newKey;
    private final ServerConfig http;

    private Assembly(Settings settings, Places places) {
        try {
            var database = database(settings);
            makeDataFolder(settings.data());
            functions = functions(settings, places);
            var engine = engine(settings, database);
            var callers = callers(settings, engine);
            newKey = callers.firstKey();
            var auditKey = AuditKey.in(settings.data().resolve("audit.key"));
            started(
                    "the export of audit heads",
                    AuditExport.start(
                            engine,
                            auditKey,
                            settings.data().resolve("audit-heads.jsonl"),
                            AUDIT_EXPORT_INTERVAL));
            settings.jobs().ifPresent(jobs -> functions.watch(engine, Namespace.DEFAULT, jobs));
            http = settings.http();
            server =
                    Server.start(
                            http,
                            engine,
                            new Uploads(functions, engine),
                            callers,
                            auditKey,
                            List.of(this::sandbox));
            started("the HTTP server", () -> server.stop(ANSWERS_MAX));
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** Starts everything and returns once it answers; what fails takes down what had started. */
    static Assembly start(Settings settings, Places places) {
        return new Assembly(settings, places);
    }

    String url() {
        var host = http.host();
        return "%s://%s:%d"
                .formatted(
                        http.edge().tls() == null ? "http" : "https",
                        host.contains(":") ? "[" + host + "]" : host,
                        server.port());
    }

    /** The administrator's key, if this start made it. */
    Optional<String> newKey() {
        return newKey;
    }

    Functions functions() {
        return functions;
    }

    /** Takes everything down, the last first. May be called again. */
    @Override
    public void close() {
        for (var part = started.poll(); part != null; part = started.poll()) {
            try {
                part.stop().close();
            } catch (Exception e) { // The others must be stopped all the same.
                LOG.log(Level.WARNING, "could not stop " + part.name(), e);
            }
        }
    }

    private Database.External database(Settings settings) {
        return switch (settings.database()) {
            case Database.External external -> external;
            case Database.Embedded embedded -> {
                makeDataFolder(settings.data());
                var postgres = EmbeddedPostgres.start(EmbeddedConfig.in(embedded.folder()));
                started("the embedded PostgreSQL", postgres);
                yield new Database.External(
                        postgres.jdbcUrl(), postgres.user(), postgres.password());
            }
        };
    }

    /** For the owner's eyes only: keys lie in it. */
    static void makeDataFolder(Path folder) {
        try {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the data folder " + folder, e);
        }
    }

    private Functions functions(Settings settings, Places places) {
        var deno = DenoBinary.find(places.deno(), places.installs());
        var config =
                FunctionsConfig.of(deno, places.cache().resolve("functions"))
                        .withEnvironment(settings.functionEnvironment())
                        .withWeakSandboxAllowed(settings.weakSandboxAllowed());
        var opened = Functions.open(config);
        started("the functions", opened);
        var report = opened.sandbox();
        LOG.log(report.missing().isEmpty() ? Level.INFO : Level.WARNING, report.toString());
        return opened;
    }

    private Callers callers(Settings settings, Engine engine) {
        var random = new SecureRandom();
        var trust = settings.trust();
        return Callers.of(
                engine,
                trust.serverKey()
                        .map(ServerKey::parse)
                        .orElseGet(() -> {
                            makeDataFolder(settings.data());
                            return ServerKey.in(settings.data(), engine, random);
                        }),
                trust.issuers().map(Issuers::in).orElse(Issuers.NONE),
                runTokens,
                InstantSource.system(),
                random);
    }

    private Health.Check sandbox() {
        var report = functions.sandbox();
        return new Health.Check("sandbox", true, report.toString());
    }

    private Engine engine(Settings settings, Database.External database) {
        var builder =
                Engine.connect(database.jdbcUrl(), database.user(), database.password())
                        .config(settings.engine())
                        .functions(functions.handlers())
                        .runTokens(runTokens);
        settings.secretsKey()
                .open()
                .ifPresentOrElse(
                        builder::secrets,
                        () ->
                                LOG.log(
                                        Level.INFO,
                                        "no secrets are kept: KEDGE_SECRETS_KEY_FILE is not set"));
        var made = builder.start();
        started("the engine", () -> made.stop(DRAIN_MAX));
        return made;
    }

    private void started(String name, AutoCloseable stop) {
        started.push(new Part(name, stop));
    }
}
