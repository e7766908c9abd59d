package dev.kedge.testkit;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test class an engine of its own, on an empty database of its own. Register it as a static
 * field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EngineExtension kedge =
 *         EngineExtension.with(engine -> engine.job("greet", Greeting.class, Greeter::greet));
 * }</pre>
 *
 * <p>All classes of a JVM share one throw-away PostgreSQL server. The engine has the short lease,
 * so that a lost worker is noticed within seconds.
 */
public final class EngineExtension implements BeforeAllCallback, AfterAllCallback {

    private static final Duration GRACE = Duration.ofSeconds(2);

    private final UnaryOperator<Engine.Builder> declarations;
    private @Nullable Engine engine;
    private @Nullable String url;

    private EngineExtension(UnaryOperator<Engine.Builder> declarations) {
        this.declarations = declarations;
    }

    /** An engine that knows what {@code declarations} tells it. */
    public static EngineExtension with(UnaryOperator<Engine.Builder> declarations) {
        return new EngineExtension(declarations);
    }

    /** The engine; only while tests of the class run. */
    public Engine engine() {
        return Objects.requireNonNull(engine, "the engine runs only while tests do");
    }

    /** Begins a further engine on the same database: another worker, as in another process. */
    public Engine.Builder another() {
        return Engine.connect(jdbcUrl(), user(), password())
                .config(EngineConfig.DEFAULT.withShortLease());
    }

    public String jdbcUrl() {
        return Objects.requireNonNull(url, "the database is there only while tests run");
    }

    public String user() {
        return TestPostgres.shared().user();
    }

    public String password() {
        return TestPostgres.shared().password();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        url = TestPostgres.freshDatabase();
        engine = declarations.apply(another()).start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (engine != null) {
            engine.stop(GRACE);
        }
    }
}
