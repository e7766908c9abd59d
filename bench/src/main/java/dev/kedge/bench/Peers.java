package dev.kedge.bench;

import dev.kedge.bench.NodeQueue.Work;
import dev.kedge.bench.Scenario.Entrant;
import java.util.List;

/**
 * Others who offer the same, each set up as its own documents say is best: see {@code PEERS.md}.
 * Where a scenario calls once for each run, the slow ones have laps of fewer runs.
 */
final class Peers {

    private static final int AS_MANY_AS_OTHERS = Integer.MAX_VALUE;
    private static final int GRAPHILE_WORKER_CALLS = 10_000;
    private static final int PG_BOSS_CALLS = 15_000;
    private static final int DBOS_TS_WORKFLOWS = 2_500;

    /** Job queues that carry out what they take in. */
    static final List<Entrant<? extends JobQueue>> QUEUES =
            List.of(
                    graphileWorker(Work.NOTIFIED, AS_MANY_AS_OTHERS),
                    pgBoss(Work.NOTIFIED, AS_MANY_AS_OTHERS));

    /** The same, for many calls of a run each; to notify in each costs more than it brings. */
    static final List<Entrant<? extends JobQueue>> QUEUES_BY_CALL =
            List.of(
                    graphileWorker(Work.NOTIFIED, GRAPHILE_WORKER_CALLS),
                    pgBoss(Work.POLLED, PG_BOSS_CALLS));

    /** Job queues that only take in. */
    static final List<Entrant<? extends JobQueue>> INTAKES =
            List.of(
                    graphileWorker(Work.NONE, AS_MANY_AS_OTHERS),
                    pgBoss(Work.NONE, AS_MANY_AS_OTHERS));

    /** The same, for many calls of a run each. */
    static final List<Entrant<? extends JobQueue>> INTAKES_BY_CALL =
            List.of(
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
