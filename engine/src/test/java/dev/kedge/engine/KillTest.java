package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Processes that are really killed, or really frozen. */
@Isolated // It measures how soon the others notice.
class KillTest {

    private static final Outcome DONE = new Outcome.Succeeded(Payload.ofJson("\"near\""));
    private static final int KILLS = Integer.getInteger("kedge.kills", 4);
    private static final int KILLS_BY_DEFAULT = Integer.getInteger("kedge.kills.default", 1);
    private static final int AT_ONCE = 8;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final TestEngine db = new TestEngine();
    private final ConcurrentMap<RunId, Long> begunAgain = new ConcurrentHashMap<>();

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void the_runs_of_killed_workers_go_on_elsewhere_within_three_seconds() throws Exception {
        assertThat(recoveries(KILLS, EngineConfig.DEFAULT.withShortLease()))
                .hasSize(KILLS)
                .allSatisfy(time -> assertThat(time).isLessThan(Duration.ofSeconds(3)));
    }

    @Test
    void the_run_of_a_killed_worker_goes_on_elsewhere_within_twenty_seconds_by_default()
            throws Exception {
        assertThat(recoveries(KILLS_BY_DEFAULT, EngineConfig.DEFAULT))
                .hasSize(KILLS_BY_DEFAULT)
                .allSatisfy(time -> assertThat(time).isLessThan(Duration.ofSeconds(20)));
    }

    /** How long it took from each kill until the worker's run was begun by another. */
    private List<Duration> recoveries(int kills, EngineConfig config) throws Exception {
        var recoveries = new ArrayList<Duration>();
        for (var killed = 0; killed < kills; killed += AT_ONCE) {
            recoveries.addAll(
                    recoveries(
                            "job-%d-".formatted(killed),
                            Math.min(AT_ONCE, kills - killed),
                            config));
        }
        System.getLogger(KillTest.class.getName())
                .log(System.Logger.Level.INFO, "recovered after {0}", recoveries);
        return recoveries;
    }

    private List<Duration> recoveries(String jobs, int kills, EngineConfig config)
            throws Exception {
        var submitting = db.start(builder -> builder.config(config.withSlots(0)));
        var workers = new ArrayList<RemoteWorker>();
        var heirs = new ArrayList<Engine>();
        try {
            for (var i = 0; i < kills; i++) {
                workers.add(RemoteWorker.start(db.url(), jobs + i, config));
            }
            var runs = new ArrayList<RunId>();
            for (var i = 0; i < kills; i++) {
                workers.get(i).awaitReady();
                runs.add(submitting.runs().enqueue(submitting.newRun(jobs + i, null)).run());
                workers.get(i).awaitBegun();
            }
            heirs.add(
                    db.start(builder -> {
                        for (var i = 0; i < kills; i++) {
                            builder.job(jobs + i, this::handle);
                        }
                        return builder.config(config);
                    }));

            var killedAt = new ArrayList<Long>();
            for (var worker : workers) {
                killedAt.add(System.nanoTime());
                worker.kill();
            }
            var recoveries = new ArrayList<Duration>();
            for (var i = 0; i < kills; i++) {
                var ended = submitting.runs().await(runs.get(i), LONG);
                assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
                assertThat(ended.attempt()).isEqualTo(2);
                assertThat(ended.spent().losses()).isEqualTo(1);
                recoveries.add(
                        Duration.ofNanos(
                                begunAgain.getOrDefault(runs.get(i), Long.MAX_VALUE)
                                        - killedAt.get(i)));
            }
            return recoveries;
        } finally {
            workers.forEach(RemoteWorker::close);
            heirs.forEach(Engine::close);
            submitting.close();
        }
    }

    private Outcome handle(RunContext context) {
        begunAgain.put(context.runId(), System.nanoTime());
        return DONE;
    }

    @Test
    void a_worker_that_was_frozen_beyond_its_lease_writes_nothing_and_begins_anew()
            throws Exception {
        var near = db.start(builder -> builder.config(EngineConfig.DEFAULT.withSlots(0)));
        var config = EngineConfig.DEFAULT.withShortLease();
        try (var worker = RemoteWorker.start(db.url(), "job", config)) {
            worker.awaitReady();
            var run = near.runs().enqueue(near.newRun("job", null)).run();
            worker.awaitBegun();
            worker.freeze();
            var quick = db.start(builder -> builder.config(config).job("job", this::handle));
            var ended = near.runs().await(run, LONG);
            assertThat(ended.result()).isEqualTo(Payload.ofJson("\"near\""));
            quick.stop(Duration.ofSeconds(5));

            worker.thaw();
            worker.sayEnd();
            var next = near.runs().enqueue(near.newRun("job", null)).run();
            worker.awaitBegun();
            worker.sayEnd();

            assertThat(near.runs().await(next, LONG).result())
                    .isEqualTo(Payload.ofJson("\"remote\""));
            assertThat(near.runs().get(run)).isEqualTo(ended);
            assertThat(db.number("select count(*) from kedge.ended_run")).isEqualTo(2);
            assertThat(db.number("select count(*) from kedge.worker where lost_at is null"))
                    .isEqualTo(1);
        }
    }

    @Test
    void nothing_that_was_acknowledged_is_lost_when_the_database_is_killed(@TempDir Path folder)
            throws Exception {
        ConcurrentMap<RunId, Integer> acknowledged = new ConcurrentHashMap<>();
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(folder.resolve("data")));
                var engine =
                        Engine.connect(server.jdbcUrl(), server.user(), server.password())
                                .config(EngineConfig.DEFAULT.withShortLease())
                                .job("work", _ -> DONE)
                                .start()) {
            for (var kill = 1; kill <= 2; kill++) {
                var enough = new CountDownLatch(200);
                var submitters = new ArrayList<Thread>();
                for (var i = 0; i < 4; i++) {
                    submitters.add(
                            Thread.ofVirtual()
                                    .start(() -> submit(engine, acknowledged, enough, 150)));
                }
                enough.await();
                ProcessHandle.of(server.postmasterPid()).orElseThrow().destroyForcibly();
                for (var submitter : submitters) {
                    submitter.join();
                }
            }

            assertThat(acknowledged).hasSizeGreaterThan(400);
            for (var run : acknowledged.keySet()) {
                assertThat(engine.runs().await(run, LONG).state()).isEqualTo(RunState.COMPLETED);
            }
            try (var connection =
                            DriverManager.getConnection(
                                    server.jdbcUrl(), server.user(), server.password());
                    var statement = connection.createStatement();
                    var result =
                            statement.executeQuery(
                                    "select (select count(*) from kedge.active_run), (select"
                                            + " count(*) from kedge.run) - (select count(*) from"
                                            + " kedge.ended_run)")) {
                result.next();
                assertThat(result.getLong(1)).isZero();
                assertThat(result.getLong(2)).isZero();
            }
        }
    }

    private static void submit(
            Engine engine,
            ConcurrentMap<RunId, Integer> acknowledged,
            CountDownLatch enough,
            int times) {
        for (var i = 0; i < times; i++) {
            try {
                acknowledged.put(engine.runs().enqueue(engine.newRun("work", null)).run(), 1);
                enough.countDown();
            } catch (KedgeException.Unavailable unknown) {
                enough.countDown(); // Neither promised nor refused.
            }
        }
    }
}
