package dev.kedge.bench;

import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.RunContext;
import dev.kedge.model.JobName;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RunState;
import java.time.Duration;

/** Kedge, embedded, with a handler of three steps; callers wait through the engine's own verb. */
final class KedgeWorkflows implements Workflows {

    private static final JobName JOB = new JobName(Server.JOB);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Engine engine;

    KedgeWorkflows(Stage stage, Ledger ledger) {
        engine =
                Engine.connect(stage.url(), stage.user(), stage.password())
                        .config(EngineConfig.DEFAULT.withSlots(Scenarios.SLOTS))
                        .job(Server.JOB, context -> threeSteps(context, ledger))
                        .start();
    }

    private static Outcome threeSteps(RunContext context, Ledger ledger) {
        ledger.started(context.payload().bytes());
        for (var name : STEPS) {
            context.step(name, _ -> {});
        }
        return new Outcome.Succeeded(Payload.NULL);
    }

    @Override
    public void carryOut(int number) throws InterruptedException {
        var run = engine.runs().enqueue(NewRun.of(JOB, Payload.ofJson(Ledger.payload(number))));
        var ended = engine.runs().await(run.run(), PATIENCE);
        if (ended.state() != RunState.COMPLETED) {
            throw new IllegalStateException("run %s is %s".formatted(run.run(), ended.state()));
        }
    }

    @Override
    public void close() {
        engine.stop(GRACE);
    }
}
