package dev.kedge.functions;

import dev.kedge.engine.Engine;
import dev.kedge.engine.FunctionHandlers;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final Describer describer;
    private final Deployer deployer;
    private final List<FunctionFolder> folders = new CopyOnWriteArrayList<>();

    private Functions(FunctionsConfig config, Sandbox sandbox) {
        this.config = config;
        this.sandbox = sandbox;
        this.launcher = new Launcher(sandbox);
        this.processes = new ProcessPool(config, launcher);
        this.describer = new Describer(processes);
        this.deployer = new Deployer(describer);
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

    /**
     * What code says about itself, found out by loading it in a sandbox.
     *
     * @throws KedgeException.Invalid it cannot be loaded, is no function, or asks for nonsense
     */
    public FunctionDescription describe(Namespace namespace, String function, String code) {
        return describer.describe(namespace, function, code);
    }

    /**
     * Stores code as the function's next version. If it is promoted, runs that first start from now
     * on use it, and its job is defined with the policy that the code asks for.
     *
     * @throws KedgeException.Invalid see {@link #describe}; nothing is stored then
     * @throws KedgeException.Conflict its job is carried out by somebody else
     */
    public Deployed deploy(
            Engine engine, Namespace namespace, String function, String code, boolean promote) {
        return deployer.deploy(engine, namespace, function, code, promote);
    }

    /**
     * Makes an earlier version the active one, and its policy the job's.
     *
     * @throws KedgeException.NotFound there is no such version
     */
    public Deployed promote(Engine engine, Namespace namespace, String function, int version) {
        return deployer.promote(engine, namespace, function, version);
    }

    /**
     * Deploys every function file of a folder, and each again when it changes, until this is
     * closed. Returns when what is there has been deployed. A file that cannot be is logged, once
     * for each change, and what was active stays so.
     *
     * <p>Function files end in {@code .ts}, {@code .mts}, {@code .js} or {@code .mjs}; those that
     * begin with an underscore are left alone, and so are tests and declarations.
     */
    public void watch(Engine engine, Namespace namespace, Path folder) {
        var watched = new FunctionFolder(deployer, describer, engine, namespace, folder);
        folders.add(watched);
        watched.start();
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
        folders.forEach(FunctionFolder::close);
        processes.close();
        launcher.close(); // Last: what it has started ends with its thread.
    }
}
