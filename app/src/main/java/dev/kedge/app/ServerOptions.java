package dev.kedge.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What may be said of a server on the command line; {@link Settings} knows what it means. */
final class ServerOptions {

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Listens there (127.0.0.1).")
    @Nullable String host;

    @Option(names = "--port", paramLabel = "N", description = "0 for any free one (8080).")
    @Nullable Integer port;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Speaks TLS with this certificate, as PEM with its chain; with --tls-key.")
    @Nullable String tlsCert;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The certificate's private key, as PEM.")
    @Nullable String tlsKey;

    @Option(
            names = "--insecure-http",
            description = "Go on where other machines can reach it and it speaks no TLS itself.")
    boolean insecureHttp;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder (./.kedge).")
    @Nullable String data;

    @Option(
            names = "--jobs",
            paramLabel = "DIR",
            description = "Functions to deploy now and whenever they change.")
    @Nullable String jobs;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "A PostgreSQL of yours (KEDGE_DATABASE_URL; else an embedded one).")
    @Nullable String databaseUrl;

    @Option(names = "--slots", paramLabel = "N", description = "Attempts at the same time (64).")
    @Nullable Integer slots;

    @Option(
            names = "--lease",
            paramLabel = "short|default",
            description = "How soon a dead worker is noticed: within 2 s or 15 s.")
    @Nullable String lease;

    @Option(
            names = "--issuers",
            paramLabel = "FILE",
            description = "Whose tokens are taken besides Kedge's own (KEDGE_ISSUERS).")
    @Nullable String issuers;

    @Option(
            names = "--allow-weak-sandbox",
            description = "Go on where only Deno's own permissions confine functions.")
    boolean weakSandboxAllowed;
}
