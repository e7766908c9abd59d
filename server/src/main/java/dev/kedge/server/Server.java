package dev.kedge.server;

import dev.kedge.engine.Engine;
import dev.kedge.engine.Health;
import dev.kedge.model.KedgeException;
import dev.kedge.server.caller.Callers;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.session.NullSessionCache;
import org.eclipse.jetty.session.NullSessionDataStore;
import org.jspecify.annotations.Nullable;

/** The HTTP server over an engine. It does not own the engine: stop this first, then that. */
public final class Server implements AutoCloseable {

    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final int ACCEPT_QUEUE_MAX = 256;

    /** How often in the time that a head may take. */
    private static final int LOOKS_AT_HEADS = 4;

    private static final double NANOS_PER_MS = 1e6;

    private final Javalin javalin;
    private final Waiting waiting;
    private final Metrics metrics;
    private final List<Route> routes;

    private Server(Javalin javalin, Waiting waiting, Metrics metrics, List<Route> routes) {
        this.javalin = javalin;
        this.waiting = waiting;
        this.metrics = metrics;
        this.routes = routes;
    }

    /**
     * Wires the server and begins to listen.
     *
     * @param auditKey signs how far the audit chains have come
     * @param checks further things that must hold for the server to be ready, such as what the
     *     sandbox is made of
     */
    public static Server start(
            ServerConfig config,
            Engine engine,
            FunctionUploads uploads,
            Callers callers,
            AuditKey auditKey,
            List<Supplier<Health.Check>> checks) {
        var waiting = new Waiting(config.waitingMax());
        var metrics = new Metrics(engine, waiting);
        var rates = new RequestRates(config.edge());
        var routes = new ArrayList<Route>();
        routes.addAll(new JobRoutes(engine, config).routes());
        routes.addAll(new RunRoutes(engine, config, waiting).routes());
        routes.addAll(new LogRoutes(engine, waiting).routes());
        routes.addAll(new JournalRoutes(engine).routes());
        routes.addAll(new EventRoutes(engine, config).routes());
        routes.addAll(new TriggerRoutes(engine).routes());
        routes.addAll(new DeadLetterRoutes(engine).routes());
        routes.addAll(new SecretRoutes(engine).routes());
        routes.addAll(new FunctionRoutes(engine, uploads).routes());
        routes.addAll(new AuditRoutes(engine, auditKey).routes());
        routes.addAll(new KeyRoutes(engine, callers).routes());
        routes.addAll(new SessionRoutes(callers, rates).routes());
        routes.addAll(new UserRoutes(engine, callers).routes());
        routes.addAll(new MemberRoutes(engine, callers).routes());
        routes.addAll(new StatusRoutes(engine, config, checks, metrics).routes());
        routes.add(
                Route.get(
                                "/openapi.json",
                                "This description",
                                null,
                                call -> call.answer(OpenApi.of(routes)))
                        .forAllWhoAreKnown());
        var gate =
                new Gate(
                        callers::whoHas,
                        jobs(engine),
                        rates,
                        config.isLoopback(),
                        openPaths(routes));
        var edge =
                new Edge(
                        routes,
                        new Origins(config.edge().origins()),
                        rates,
                        gate,
                        new Bodies(config.bodiesBytesMax()));
        var javalin = listen(config, edge::mount, metrics::request);
        return new Server(javalin, waiting, metrics, List.copyOf(routes));
    }

    /** Where it listens, also where any free port was asked for. */
    public int port() {
        return javalin.port();
    }

    /**
     * Takes no further requests, lets those under way end for at most {@code grace}, and leaves.
     * Long polls are answered and streams ended within about a second. May be called again.
     */
    public void stop(Duration grace) {
        waiting.end();
        javalin.jettyServer().server().setStopTimeout(grace.toMillis());
        javalin.stop();
        metrics.close();
    }

    /** {@link #stop} with a grace of ten seconds. */
    @Override
    public void close() {
        stop(Duration.ofSeconds(10));
    }

    List<Route> routes() {
        return routes;
    }

    /** Begins to listen; {@code log} is told of every request that became one. */
    static Javalin listen(ServerConfig config, Consumer<RoutesConfig> routes, RequestLog log) {
        var tls = config.edge().tls();
        var certificate = tls == null ? null : new Certificate(tls);
        return Javalin.start(javalin -> {
            configure(javalin, config, certificate);
            routes.accept(javalin.routes);
            javalin.requestLogger.http((ctx, ms) ->
                    log.request(
                            ctx.method().name(),
                            Edge.routeOf(ctx),
                            ctx.statusCode(),
                            Duration.ofNanos((long) (ms * NANOS_PER_MS))));
        });
    }

    /** Is told what was asked, by the route's template, and what was answered. */
    @FunctionalInterface
    interface RequestLog {
        void request(String method, String route, int status, Duration took);
    }

    private static void configure(
            JavalinConfig javalin, ServerConfig config, @Nullable Certificate certificate) {
        javalin.startup.showJavalinBanner = false;
        javalin.concurrency.useVirtualThreads = true;
        javalin.http.prefer405over404 = true;
        javalin.http.compressionStrategy = CompressionStrategy.NONE;
        javalin.jetty.modifyServer(server -> {
            server.setHandler(new GracefulHandler());
            server.setErrorHandler(new BadHttp());
        });
        javalin.jetty.modifyServletContextHandler(Server::keepNoSessions);
        javalin.jetty.modifyHttpConfiguration(Server::limit);
        javalin.jetty.addConnector((server, http) -> {
            var connector = connector(config.edge(), certificate, server, http);
            connector.setHost(config.host());
            connector.setPort(config.port());
            connector.setIdleTimeout(config.idleTimeout().toMillis());
            connector.setAcceptQueueSize(ACCEPT_QUEUE_MAX);
            server.addBean(new NetworkConnectionLimit(config.connectionsMax(), connector));
            return connector;
        });
    }

    private static ServerConnector connector(
            EdgeConfig edge,
            @Nullable Certificate certificate,
            org.eclipse.jetty.server.Server server,
            HttpConfiguration http) {
        var factories = new ArrayList<ConnectionFactory>();
        if (certificate != null) {
            factories.add(
                    new SslConnectionFactory(certificate.tls(), HttpVersion.HTTP_1_1.asString()));
            // Which host was meant is Gate's business, and who calls by address names none.
            http.addCustomizer(new SecureRequestCustomizer(false));
        }
        http.addCustomizer(new SecurityHeaders());
        factories.add(new HttpConnectionFactory(http));
        var connector = new ServerConnector(server, factories.toArray(ConnectionFactory[]::new));
        var scheduler = server.getScheduler();
        var heads = new SlowHeads(edge.headWithin());
        connector.addBean(heads);
        connector.addBean(
                new Regularly(edge.headWithin().dividedBy(LOOKS_AT_HEADS), scheduler, heads::look));
        var tls = edge.tls();
        if (tls != null && certificate != null) {
            connector.addBean(new Regularly(tls.lookEvery(), scheduler, certificate::renew));
        }
        return connector;
    }

    /**
     * The HTTP library would make one for every WebSocket, and keep it for whoever never returns.
     */
    private static void keepNoSessions(ServletContextHandler context) {
        var sessions = context.getSessionHandler();
        sessions.setUsingCookies(false);
        var none = new NullSessionCache(sessions);
        none.setSessionDataStore(new NullSessionDataStore());
        sessions.setSessionCache(none);
    }

    private static void limit(HttpConfiguration http) {
        http.setRequestHeaderSize(HEADER_BYTES_MAX);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
    }

    private static Gate.Jobs jobs(Engine engine) {
        return (namespace, run) -> {
            try {
                return Optional.of(engine.runs(namespace).get(run).job());
            } catch (KedgeException.NotFound none) {
                return Optional.empty();
            }
        };
    }

    private static Set<String> openPaths(List<Route> routes) {
        return routes.stream().filter(Route::open).map(Route::path).collect(Collectors.toSet());
    }
}
