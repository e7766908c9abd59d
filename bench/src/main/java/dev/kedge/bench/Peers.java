package dev.kedge.bench;

import dev.kedge.bench.NodeQueue.Work;
import dev.kedge.bench.Scenario.Entrant;
import dev.kedge.bench.Scenario.Setup;
import java.util.List;
import java.util.stream.Stream;

/**
 * Others who offer the same, each set up as its own documents say is best: see {@code PEERS.md}.
 * The slow ones have fewer runs, so that a lap takes them some ten seconds.
 */
final class Peers {

    private static final int AS_MANY_AS_OTHERS = Integer.MAX_VALUE;
    private static final int GRAPHILE_WORKER_CALLS = 10_000;
    private static final int PG_BOSS_CALLS = 15_000;
    private static final int DBOS_TS_WORKFLOWS = 2_500;

    private static final List<Entrant<JobQueue>> JVM_QUEUES =
            List.of(
                    dbScheduler(DbSchedulerQueue::working, 30_000),
                    jobRunr(JobRunrQueue::working, 20_000),
                    quartz(QuartzQueue::working, 2_500));

    private static final List<Entrant<JobQueue>> JVM_INTAKES =
            List.of(
                    dbScheduler(DbSchedulerQueue::new, 60_000),
                    jobRunr(JobRunrQueue::new, 40_000),
                    quartz(QuartzQueue::new, 4_000));

    /** Job queues that carry out what they take in. */
    static final List<Entrant<JobQueue>> QUEUES =
            and(
                    JVM_QUEUES,
                    graphileWorker(Work.NOTIFIED, AS_MANY_AS_OTHERS),
                    pgBoss(Work.NOTIFIED, AS_MANY_AS_OTHERS));

    /** The same, for many calls of a run each; to notify in each costs more than it brings. */
    static final List<Entrant<JobQueue>> QUEUES_BY_CALL =
            and(
                    JVM_QUEUES,
                    graphileWorker(Work.NOTIFIED, GRAPHILE_WORKER_CALLS),
                    pgBoss(Work.POLLED, PG_BOSS_CALLS));

    /** Job queues that only take in. */
    static final List<Entrant<JobQueue>> INTAKES =
            and(
                    JVM_INTAKES,
                    graphileWorker(Work.NONE, AS_MANY_AS_OTHERS),
                    pgBoss(Work.NONE, AS_MANY_AS_OTHERS));

    /** The same, for many calls of a run each. */
    static final List<Entrant<JobQueue>> INTAKES_BY_CALL =
            and(
                    JVM_INTAKES,
                    graphileWorker(Work.NONE, GRAPHILE_WORKER_CALLS),
                    pgBoss(Work.NONE, PG_BOSS_CALLS));

    /** Durable execution. */
    static final List<Entrant<? extends Workflows>> WORKFLOWS =
            List.of(
                    new Entrant<>("DBOS Transact Java", DbosWorkflows::new, "audit_dbos"),
                    new Entrant<>(
                            "DBOS Transact TS",
                            (stage, ledger) -> new NodeWorkflows("dbos", stage, ledger),
                            "audit_dbos_ts",
                            DBOS_TS_WORKFLOWS));

    private Peers() {}

    private static List<Entrant<JobQueue>> and(
            List<Entrant<JobQueue>> some, Entrant<JobQueue> oneMore, Entrant<JobQueue> another) {
        return Stream.concat(some.stream(), Stream.of(oneMore, another)).toList();
    }

    private static Entrant<JobQueue> dbScheduler(Setup<JobQueue> setup, int runsMax) {
        return new Entrant<>("db-scheduler", setup, "audit_db_scheduler", runsMax);
    }

    private static Entrant<JobQueue> jobRunr(Setup<JobQueue> setup, int runsMax) {
        return new Entrant<>("JobRunr", setup, "audit_jobrunr", runsMax);
    }

    private static Entrant<JobQueue> quartz(Setup<JobQueue> setup, int runsMax) {
        return new Entrant<>("Quartz", setup, "audit_quartz", runsMax);
    }

    /** It always notifies, and polls beside. */
    private static Entrant<JobQueue> graphileWorker(Work work, int runsMax) {
        return new Entrant<>(
                "Graphile Worker",
                (stage, ledger) -> new NodeQueue("graphile-worker", work, stage, ledger),
                "audit_graphile_worker",
                runsMax);
    }

    private static Entrant<JobQueue> pgBoss(Work work, int runsMax) {
        return new Entrant<>(
                "pg-boss",
                (stage, ledger) -> new NodeQueue("pg-boss", work, stage, ledger),
                "audit_pg_boss",
                runsMax);
    }
}
