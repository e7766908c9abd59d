package dev.kedge.bench;

import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.model.Binding;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import java.time.Duration;
import java.util.stream.IntStream;

/** Kedge, embedded: one engine with a handler that does nothing. */
final class KedgeSubject implements Subject {

    private static final JobName JOB = new JobName(Server.JOB);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Engine engine;

    /**
     * @param slots 0 for an engine that only takes runs in
     * @param limits of the job
     */
    KedgeSubject(Stage stage, Ledger ledger, int slots, Limits limits) {
        engine =
                Engine.connect(stage.url(), stage.user(), stage.password())
                        .config(EngineConfig.DEFAULT.withSlots(slots))
                        .job(
                                Job.of(
                                        Namespace.DEFAULT,
                                        JOB,
                                        new Binding.Java(),
                                        JobPolicy.DEFAULT.withLimits(limits)),
                                context -> {
                                    ledger.started(context.payload().bytes());
                                    return new Outcome.Succeeded(Payload.NULL);
                                })
                        .start();
    }

    @Override
    public void enqueue(int number) {
        engine.runs().enqueue(run(number));
    }

    @Override
    public void enqueueBatch(int first, int count) {
        engine.runs()
                .enqueueAll(
                        IntStream.range(first, first + count).mapToObj(KedgeSubject::run).toList());
    }

    private static NewRun run(int number) {
        return NewRun.of(JOB, Payload.ofJson(Ledger.payload(number)));
    }

    @Override
    public void pause() {
        engine.jobs(Namespace.DEFAULT).pause(JOB);
    }

    @Override
    public void resume() {
        engine.jobs(Namespace.DEFAULT).resume(JOB);
    }

    @Override
    public long ended() {
        return engine.meters().runsCompleted();
    }

    @Override
    public void close() {
        engine.stop(GRACE);
    }
}
