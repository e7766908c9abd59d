package dev.kedge.functions;

import dev.kedge.engine.Handler;
import dev.kedge.engine.Journal;
import dev.kedge.engine.RunContext;
import dev.kedge.model.Deployment;
import dev.kedge.model.Entry;
import dev.kedge.model.Failure;
import dev.kedge.model.Identity;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Outcome;
import dev.kedge.model.Progress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A deployment's code, as the engine's handler. */
final class FunctionHandler implements Handler {

    private final Deployment deployment;
    private final ProcessPool processes;
    private final FunctionsConfig config;
    private final boolean wantsSecretsAtOnce;

    FunctionHandler(Deployment deployment, ProcessPool processes, FunctionsConfig config) {
        this.deployment = deployment;
        this.processes = processes;
        this.config = config;
        this.wantsSecretsAtOnce = SecretText.isWantedAtOnce(deployment.code());
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
            reusable = !(outcome instanceof Outcome.HandedBack);
            return outcome;
        } finally {
            processes.giveBack(process, reusable);
        }
    }

    private Outcome carryOut(
            SandboxProcess process, RunContext context, Conversation.Listener listener)
            throws InterruptedException {
        try {
            return attempt(process, context, listener);
        } catch (KedgeException.LeaseLost | KedgeException.Unavailable unwritten) {
            return new Outcome.HandedBack(); // Whoever carries it out next finds what is on record.
        }
    }

    private Outcome attempt(
            SandboxProcess process, RunContext context, Conversation.Listener listener)
            throws InterruptedException {
        var journal = context.journal();
        var past = past(journal);
        var conversation =
                Conversation.attempt(
                        process.attempts() + 1,
                        listener,
                        config.logLinesMax(),
                        journal,
                        context.secrets(),
                        config.resultBytesMax());
        context.onCancel(() -> Thread.startVirtualThread(() -> process.cancel(conversation)));
        process.nowCarriesOut(context.runId());
        return switch (process.run(headOf(context), past, context.payload(), conversation)) {
            case Verdict.Returned(var result) -> new Outcome.Succeeded(result);
            case Verdict.Suspended() -> new Outcome.Suspended();
            case Verdict.Failed(var failure, var forGood, var steps) -> {
                if (!steps.isEmpty()) {
                    journal.reopen(steps);
                }
                yield forGood ? new Outcome.FailedForGood(failure) : new Outcome.Failed(failure);
            }
            case Verdict.Broken(var reason) -> throw reason;
            case Verdict.Loaded _ ->
                    new Outcome.Failed(
                            Failure.of(Failure.Code.PROCESS_EXITED, "answered another question"));
        };
    }

    private static byte[] past(Journal journal) {
        var contents = journal.contents();
        var page =
                contents.entries() == 0
                        ? List.<Entry>of()
                        : journal.after(0, JournalDesk.PAGE_ENTRIES);
        return JournalText.past(contents, page, journal.state());
    }

    /** The code of a deployment never changes: what does not load now will not load later. */
    private static Outcome ofCode(Failure failure) {
        return failure.code() == Failure.Code.BAD_CODE
                ? new Outcome.FailedForGood(failure)
                : new Outcome.Failed(failure);
    }

    private byte[] headOf(RunContext context) {
        var head = new LinkedHashMap<String, Object>();
        head.put("runId", context.runId().toString());
        head.put("job", context.job().value());
        head.put("namespace", context.namespace().value());
        context.principal().ifPresent(principal -> head.put("principal", wordsOf(principal)));
        head.put("attempt", context.attempt());
        head.put("failures", context.failures());
        if (wantsSecretsAtOnce) {
            head.put("secrets", SecretText.all(context.secrets()));
        }
        return Replies.JSON.writeValueAsBytes(head);
    }

    private static Map<String, String> wordsOf(Identity principal) {
        var words = new LinkedHashMap<String, String>();
        words.put("id", principal.id().value());
        words.put("role", principal.role());
        if (principal.email() != null) {
            words.put("email", principal.email());
        }
        return words;
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
