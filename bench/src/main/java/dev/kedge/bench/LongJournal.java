package dev.kedge.bench;

import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.engine.RunContext;
import dev.kedge.engine.Step;
import dev.kedge.model.JobName;
import dev.kedge.model.NewRun;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.RunState;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Runs of many steps whose first attempt fails at the end. What is measured is the second one: how
 * long its code takes to get past the last record, and what the process then holds in memory.
 *
 * <p>A lap's numbers are the steps of its long run. The records are written in bulk, in the place
 * of the first attempt; the engine reads them as it reads its own.
 */
final class LongJournal implements Subject {

    private static final String FILL = SqlFile.load("journal_fill");
    private static final int SHORT_STEPS = 1_000;
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double SECOND_NANOS = 1e9;
    private static final double MEBI = 1 << 20;

    static final List<String> UNITS =
            List.of(
                    "s, 1,000 steps",
                    "s, all steps",
                    "MiB before",
                    "MiB, 1,000 steps",
                    "MiB, all steps");

    /** What a second attempt cost, until its code was past the last record. */
    private record Cost(double seconds, double mebibytes) {}

    private final Stage stage;
    private final Ledger ledger;
    private final Engine engine;
    private final BlockingQueue<Cost> costs = new ArrayBlockingQueue<>(1);

    LongJournal(Stage stage, Ledger ledger) {
        this.stage = stage;
        this.ledger = ledger;
        engine =
                Engine.connect(stage.url(), stage.user(), stage.password())
                        .config(EngineConfig.DEFAULT)
                        .job("short", context -> walk(context, "short", SHORT_STEPS, 0))
                        .job("long", this::walk)
                        .start();
    }

    /** Compares a run of a thousand steps with one that has all steps of the lap. */
    static double[] resume(Lap<? extends LongJournal> lap) throws InterruptedException {
        var subject = lap.subject();
        var before = heldMebibytes();
        var few = subject.cost("short", "null");
        var many = subject.cost("long", "[%d,%d]".formatted(lap.first(), lap.end()));
        return new double[] {
            few.seconds(), many.seconds(), before, few.mebibytes(), many.mebibytes()
        };
    }

    private Cost cost(String job, String range) throws InterruptedException {
        var run = engine.runs().enqueue(NewRun.of(new JobName(job), Payload.ofJson(range)));
        var cost = costs.take();
        var ended = engine.runs().await(run.run(), PATIENCE);
        if (ended.state() != RunState.COMPLETED) {
            throw new IllegalStateException("run %s is %s".formatted(run.run(), ended.state()));
        }
        return cost;
    }

    private Outcome walk(RunContext context) throws SQLException, InterruptedException {
        var range = new String(context.payload().bytes(), StandardCharsets.UTF_8);
        var comma = range.indexOf(',');
        var first = Integer.parseInt(range.substring(1, comma));
        var end = Integer.parseInt(range.substring(comma + 1, range.length() - 1));
        return walk(context, "long", end - first, first);
    }

    private Outcome walk(RunContext context, String name, int steps, int first)
            throws SQLException, InterruptedException {
        if (context.attempt() == 1) {
            fill(context, name, steps);
            throw new IllegalStateException("fails at the end");
        }
        var start = System.nanoTime();
        var step = Step.named(name);
        for (var i = 1; i <= steps; i++) {
            context.step(step.keyed(i), _ -> carriedOutAgain());
            if (name.equals("long")) {
                ledger.started(first + i - 1);
            }
        }
        var seconds = (System.nanoTime() - start) / SECOND_NANOS;
        costs.put(new Cost(seconds, heldMebibytes()));
        context.step("past", _ -> {});
        return new Outcome.Succeeded(Payload.NULL);
    }

    private void fill(RunContext context, String name, int steps) throws SQLException {
        try (var connection = stage.connect();
                var statement = connection.prepareStatement(FILL)) {
            statement.setObject(1, context.runId().value());
            statement.setString(2, name);
            statement.setInt(3, steps);
            statement.executeUpdate();
        }
    }

    private static void carriedOutAgain() {
        throw new IllegalStateException("a step on record was carried out again");
    }

    /** What the heap holds when all that can go is gone. */
    private static double heldMebibytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBI;
    }

    @Override
    public void close() {
        engine.stop(GRACE);
    }
}
