package dev.kedge.bench;

import dev.kedge.bench.Scenario.Entrant;
import dev.kedge.bench.Scenario.Setup;
import java.util.List;

/**
 * Others who offer the same, each set up as its own documents say is best: see {@code PEERS.md}.
 * The slow ones have fewer runs, so that a lap takes them some ten seconds.
 */
final class Peers {

    /** Job queues that carry out what they take in. */
    static final List<Entrant<? extends JobQueue>> QUEUES =
            List.of(
                    dbScheduler(DbSchedulerQueue::working, 30_000),
                    jobRunr(JobRunrQueue::working, 20_000),
                    quartz(QuartzQueue::working, 2_500));

    /** Job queues that only take in. */
    static final List<Entrant<? extends JobQueue>> INTAKES =
            List.of(
                    dbScheduler(DbSchedulerQueue::new, 60_000),
                    jobRunr(JobRunrQueue::new, 40_000),
                    quartz(QuartzQueue::new, 4_000));

    /** Durable execution. */
    static final List<Entrant<? extends Workflows>> WORKFLOWS =
            List.of(new Entrant<>("DBOS Transact Java", DbosWorkflows::new, "audit_dbos"));

    private Peers() {}

    private static Entrant<JobQueue> dbScheduler(Setup<JobQueue> setup, int runsMax) {
        return new Entrant<>("db-scheduler", setup, "audit_db_scheduler", runsMax);
    }

    private static Entrant<JobQueue> jobRunr(Setup<JobQueue> setup, int runsMax) {
        return new Entrant<>("JobRunr", setup, "audit_jobrunr", runsMax);
    }

    private static Entrant<JobQueue> quartz(Setup<JobQueue> setup, int runsMax) {
        return new Entrant<>("Quartz", setup, "audit_quartz", runsMax);
    }
}
