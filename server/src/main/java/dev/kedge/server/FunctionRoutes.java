package dev.kedge.server;

import static dev.kedge.model.Permission.Act.FUNCTIONS_WRITE;
import static dev.kedge.model.Permission.Act.JOBS_READ;

import dev.kedge.api.DeployBody;
import dev.kedge.api.DeploymentView;
import dev.kedge.api.DeploymentsView;
import dev.kedge.api.PromoteBody;
import dev.kedge.engine.Engine;
import dev.kedge.model.Deployment;
import dev.kedge.model.KedgeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Uploading code and choosing the version that is used. */
final class FunctionRoutes {

    /** Text in JSON may need more bytes than in the file: a line break needs two. */
    static final int BODY_BYTES_MAX = 2 * Deployment.CODE_BYTES_MAX + ServerConfig.ENVELOPE_BYTES;

    private static final String FUNCTIONS = "/v1/namespaces/{ns}/functions";
    private static final String FUNCTION = FUNCTIONS + "/{function}";

    private final Engine engine;
    private final FunctionUploads uploads;

    FunctionRoutes(Engine engine, FunctionUploads uploads) {
        this.engine = engine;
        this.uploads = uploads;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                FUNCTIONS,
                                "Lists the functions and their active versions",
                                DeploymentsView.class,
                                this::list)
                        .needs(JOBS_READ),
                Route.post(
                                FUNCTION,
                                "Deploys code as the function's next version",
                                DeployBody.class,
                                BODY_BYTES_MAX,
                                DeploymentView.class,
                                this::deploy)
                        .creating()
                        .needs(FUNCTIONS_WRITE),
                Route.get(
                                FUNCTION + "/versions",
                                "Lists the versions of a function, newest first",
                                DeploymentsView.class,
                                this::versions)
                        .needs(JOBS_READ),
                Route.post(
                                FUNCTION + "/promote",
                                "Makes a version the one that runs use which start from now on",
                                PromoteBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                DeploymentView.class,
                                this::promote)
                        .needs(FUNCTIONS_WRITE));
    }

    private void list(Call call) {
        call.answer(view(call.as(engine).deployments(call.namespace()).list()));
    }

    private void deploy(Call call) throws Exception {
        var namespace = call.namespace();
        var function = call.function();
        var body = call.body(DeployBody.class);
        var bytes = body.code().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Deployment.CODE_BYTES_MAX) {
            throw new KedgeException.TooLarge("code", bytes, Deployment.CODE_BYTES_MAX);
        }
        var promote = Objects.requireNonNullElse(body.promote(), true);
        var deployed = uploads.deploy(namespace, function, body.code(), promote);
        writeDown(call, "function.upload", deployed);
        call.answer(view(deployed));
    }

    private void versions(Call call) {
        var function = call.function();
        var versions = call.as(engine).deployments(call.namespace()).versions(function);
        if (versions.isEmpty()) {
            throw new KedgeException.NotFound("function", function);
        }
        call.answer(view(versions));
    }

    private void promote(Call call) throws Exception {
        var function = call.function();
        var version = call.body(PromoteBody.class).version();
        var promoted = uploads.promote(call.namespace(), function, version);
        writeDown(call, "function.choose", promoted);
        call.answer(view(promoted));
    }

    /** The server deploys by itself, also what others send it: here stands who that was. */
    private void writeDown(Call call, String act, Deployment deployment) {
        engine.audit(call.namespace())
                .record(
                        call.principal().id(),
                        act,
                        deployment.function(),
                        Map.of("version", deployment.version()));
    }

    private static DeploymentsView view(List<Deployment> deployments) {
        return new DeploymentsView(deployments.stream().map(FunctionRoutes::view).toList());
    }

    private static DeploymentView view(Deployment deployment) {
        return new DeploymentView(
                deployment.id().toString(),
                deployment.namespace().value(),
                deployment.function(),
                deployment.version(),
                deployment.digest(),
                deployment.active(),
                deployment.deployedAt());
    }
}
