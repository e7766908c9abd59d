package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Deployment;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.Failure;
import dev.kedge.model.Namespace;
import dev.kedge.model.Outcome;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Real functions in a real Deno, with as little around them as can be. */
final class Bench implements AutoCloseable {

    static final Path DENO = DenoBinary.find(null, List.of(Path.of("runtime")));
    private static final Path ROOT = Path.of("target", "function-runtime");

    final Functions functions;

    Bench(UnaryOperator<FunctionsConfig> adjust) {
        functions = Functions.open(adjust.apply(config()));
    }

    static FunctionsConfig config() {
        return FunctionsConfig.of(DENO, ROOT).withWeakSandboxAllowed(true).withProcesses(4, 1);
    }

    static Deployment deployed(String function, String code) {
        return deployed(Namespace.DEFAULT, function, code);
    }

    static Deployment deployed(Namespace namespace, String function, String code) {
        return new Deployment(
                new DeploymentId(UUID.randomUUID()),
                namespace,
                function,
                1,
                code,
                "",
                true,
                Instant.EPOCH);
    }

    Outcome run(Deployment code, TestRun run) throws Exception {
        return functions.handlers().handlerFor(code).handle(run);
    }

    Outcome run(String code) throws Exception {
        return run(deployed("hello", code), new TestRun("null"));
    }

    String result(Deployment code, String payload) throws Exception {
        return resultOf(run(code, new TestRun(payload)));
    }

    String result(String code) throws Exception {
        return resultOf(run(code));
    }

    Failure failure(String code) throws Exception {
        return failureOf(run(code));
    }

    static String resultOf(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        return ((Outcome.Succeeded) outcome).result().text();
    }

    static Failure failureOf(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed(var failure) -> failure;
            case Outcome.FailedForGood(var failure) -> failure;
            default -> throw new AssertionError("expected a failure, got " + outcome);
        };
    }

    @Override
    public void close() {
        functions.close();
    }
}
