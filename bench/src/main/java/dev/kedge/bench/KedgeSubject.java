package dev.kedge.bench;

import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.Runs;
import dev.kedge.model.Binding;
import dev.kedge.model.Claims;
import dev.kedge.model.Identity;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Kedge, embedded: one engine with a handler that does nothing. */
final class KedgeSubject implements JobQueue {

    private static final JobName JOB = new JobName(Server.JOB);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Stage stage;
    private final Engine engine;
    private final List<Runs> callers;

    /**
     * @param slots 0 for an engine that only takes runs in
     * @param limits of the job
     * @param principals how many different ones submit, in turns; 0 for the engine itself
     */
    KedgeSubject(Stage stage, Ledger ledger, int slots, Limits limits, int principals) {
        this.stage = stage;
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
        callers =
                principals == 0
                        ? List.of(engine.runs())
                        : IntStream.range(0, principals).mapToObj(this::caller).toList();
    }

    private Runs caller(int number) {
        var identity =
                new Identity(
                        new PrincipalId("user:00000000-0000-7000-8000-%012d".formatted(number)),
                        "authenticated",
                        "user-%d@example.org".formatted(number));
        return engine.as(
                        Claims.none(identity)
                                .seeingOwn(Namespace.DEFAULT)
                                .submitting(Namespace.DEFAULT))
                .runs(Namespace.DEFAULT);
    }

    @Override
    public void enqueue(int number) {
        callers.get(number % callers.size()).enqueue(run(number));
    }

    @Override
    public void enqueueBatch(int first, int end) {
        engine.runs().enqueueAll(IntStream.range(first, end).mapToObj(KedgeSubject::run).toList());
    }

    private static NewRun run(int number) {
        return NewRun.of(JOB, Payload.ofJson(Ledger.payload(number)));
    }

    @Override
    public void pause() {
        engine.jobs(Namespace.DEFAULT).pause(JOB);
    }

    @Override
    public void preload(int first, int end) throws SQLException {
        stage.preload(first, end);
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
