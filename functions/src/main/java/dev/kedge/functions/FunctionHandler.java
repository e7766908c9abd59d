package dev.kedge.functions;

import dev.kedge.engine.Handler;
import dev.kedge.engine.RunContext;
import dev.kedge.model.Deployment;
import dev.kedge.model.Failure;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Outcome;
import dev.kedge.model.Progress;
import java.util.LinkedHashMap;

/** A deployment's code, as the engine's handler. */
final class FunctionHandler implements Handler {

    private final Deployment deployment;
    private final ProcessPool processes;
    private final FunctionsConfig config;

    FunctionHandler(Deployment deployment, ProcessPool processes, FunctionsConfig config) {
        this.deployment = deployment;
        this.processes = processes;
        this.config = config;
    }

    @Override
    public Outcome handle(RunContext context) throws InterruptedException {
        var process = processes.borrow(deployment);
        var reusable = false;
        try {
            var listener = listenerOf(context);
            if (process.deployment() == null
                    && process.load(deployment, listener) instanceof Verdict.Failed failed) {
                return ofCode(failed.failure());
            }
            var outcome = carryOut(process, context, listener);
            reusable = true;
            return outcome;
        } finally {
            processes.giveBack(process, reusable);
        }
    }

    private Outcome carryOut(
            SandboxProcess process, RunContext context, Conversation.Listener listener)
            throws InterruptedException {
        var conversation = new Conversation(process.attempts() + 1, listener, config.logLinesMax());
        context.onCancel(() -> Thread.startVirtualThread(() -> process.cancel(conversation)));
        process.nowCarriesOut(context.runId());
        return switch (process.run(headOf(context), context.payload(), conversation)) {
            case Verdict.Returned(var result) -> new Outcome.Succeeded(result);
            case Verdict.Failed(var failure) -> new Outcome.Failed(failure);
            case Verdict.Loaded _ ->
                    new Outcome.Failed(
                            Failure.of(Failure.Code.PROCESS_EXITED, "answered another question"));
        };
    }

    /** The code of a deployment never changes: what does not load now will not load later. */
    private static Outcome ofCode(Failure failure) {
        return failure.code() == Failure.Code.BAD_CODE
                ? new Outcome.FailedForGood(failure)
                : new Outcome.Failed(failure);
    }

    private static byte[] headOf(RunContext context) {
        var head = new LinkedHashMap<String, Object>();
        head.put("runId", context.runId().toString());
        head.put("job", context.job().value());
        head.put("namespace", context.namespace().value());
        head.put("attempt", context.attempt());
        head.put("failures", context.failures());
        return Replies.JSON.writeValueAsBytes(head);
    }

    private static Conversation.Listener listenerOf(RunContext context) {
        return new Conversation.Listener() {
            @Override
            public void log(LogLevel level, String line) {
                context.log(level, line);
            }

            @Override
            public void progress(Progress progress) {
                context.progress(progress);
            }
        };
    }
}
