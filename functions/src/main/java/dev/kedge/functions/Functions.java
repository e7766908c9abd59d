package dev.kedge.functions;

import dev.kedge.engine.FunctionHandlers;
import java.util.List;
import java.util.stream.Stream;

/**
 * The functions of a server: the processes they run in, and the way their code gets there.
 *
 * <p>Nothing here is durable. Code lives in the engine's deployments, runs in its queue; when this
 * dies, its processes die with it and the engine tries their attempts again.
 */
public final class Functions implements AutoCloseable {

    private final FunctionsConfig config;
    private final Sandbox sandbox;
    private final Launcher launcher;
    private final ProcessPool processes;

    private Functions(FunctionsConfig config, Sandbox sandbox) {
        this.config = config;
        this.sandbox = sandbox;
        this.launcher = new Launcher(sandbox);
        this.processes = new ProcessPool(config, launcher);
    }

    /**
     * Finds out what this host's sandbox consists of, and starts the first processes.
     *
     * @throws IllegalStateException the sandbox is too weak and that was not allowed, or Deno does
     *     not start; the message says why
     */
    public static Functions open(FunctionsConfig config) {
        var functions = new Functions(config, Sandbox.detect(config));
        functions.processes.start();
        return functions;
    }

    /** For the engine: who carries out jobs that are bound to functions. */
    public FunctionHandlers handlers() {
        return deployment -> new FunctionHandler(deployment, processes, config);
    }

    /** What stands between functions and this host. */
    public SandboxReport sandbox() {
        return sandbox.report();
    }

    /** The processes that belong to a function just now. */
    public List<FunctionProcess> processes() {
        return processes.processes().stream().flatMap(Functions::described).toList();
    }

    private static Stream<FunctionProcess> described(SandboxProcess process) {
        var deployment = process.deployment();
        return deployment == null
                ? Stream.of()
                : Stream.of(
                        new FunctionProcess(
                                process.pid(),
                                deployment.namespace(),
                                deployment.function(),
                                process.run()));
    }

    /** Ends every process. Attempts that are under way fail. */
    @Override
    public void close() {
        processes.close();
        launcher.close();
    }
}
