package dev.kedge.engine;

import dev.kedge.model.Job;
import dev.kedge.model.Namespace;
import dev.kedge.model.WorkerInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Kedge inside a Java application: enqueues runs, carries them out, and looks after the queue
 * together with every other engine on the same database. They need no configuration to cooperate.
 */
public final class Engine implements AutoCloseable {

    /**
     * Begins an engine on a PostgreSQL database (15 or newer). The pool behind it must allow at
     * least 8 connections; the schema is brought up to date at the start.
     */
    public static Builder on(DataSource database) {
        throw new IllegalStateException("not wired yet");
    }

    /** The same, with a connection pool of the engine's own, closed when the engine stops. */
    public static Builder connect(String jdbcUrl, String user, String password) {
        throw new IllegalStateException("not wired yet");
    }

    /** Collects what an engine needs to know before it starts. */
    public static final class Builder {

        public Builder config(EngineConfig config) {
            throw new IllegalStateException("not wired yet");
        }

        /** Declares a handler for a job of the default namespace, with the default policy. */
        public Builder job(String name, Handler handler) {
            throw new IllegalStateException("not wired yet");
        }

        /** Declares a handler, and defines its job so. */
        public Builder job(Job job, Handler handler) {
            throw new IllegalStateException("not wired yet");
        }

        /** Declares a typed handler: payloads and results are mapped from and to JSON. */
        public <P> Builder job(
                String name,
                Class<P> payload,
                BiFunction<P, RunContext, ? extends @Nullable Object> handler) {
            throw new IllegalStateException("not wired yet");
        }

        /** Lets this engine carry out the jobs that are bound to functions. */
        public Builder functions(FunctionHandlers handlers) {
            throw new IllegalStateException("not wired yet");
        }

        /** Brings the schema up to date, registers the worker and begins to work. */
        public Engine start() {
            throw new IllegalStateException("not wired yet");
        }
    }

    public Runs runs(Namespace namespace) {
        throw new IllegalStateException("not wired yet");
    }

    /** The runs of the default namespace. */
    public Runs runs() {
        return runs(Namespace.DEFAULT);
    }

    public Jobs jobs(Namespace namespace) {
        throw new IllegalStateException("not wired yet");
    }

    public Deployments deployments(Namespace namespace) {
        throw new IllegalStateException("not wired yet");
    }

    /** Every worker that lives, and those that were lost within the last hour. */
    public List<WorkerInfo> workers() {
        throw new IllegalStateException("not wired yet");
    }

    public Health health() {
        throw new IllegalStateException("not wired yet");
    }

    public Meters meters() {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * The stored credential of this installation under {@code name}: a hash and never the secret.
     */
    public Optional<String> credential(String name) {
        throw new IllegalStateException("not wired yet");
    }

    /** Stores a credential's hash unless one of that name is there; says whether it did. */
    public boolean addCredential(String name, String hash) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Stops claiming, lets attempts end for at most {@code grace}, hands back what is still running
     * (no attempt is spent), and leaves. May be called again.
     */
    public void stop(Duration grace) {
        throw new IllegalStateException("not wired yet");
    }

    /** {@link #stop} with a grace of thirty seconds. */
    @Override
    public void close() {
        stop(Duration.ofSeconds(30));
    }
}
