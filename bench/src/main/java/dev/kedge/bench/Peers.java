package dev.kedge.bench;

import dev.kedge.bench.Scenario.Entrant;
import java.util.List;

/** Others who offer the same, each set up as its own documents say is best. */
final class Peers {

    /** Job queues, in every scenario of plain runs. */
    static final List<Entrant<? extends JobQueue>> QUEUES = List.of();

    /** Durable execution. */
    static final List<Entrant<? extends Workflows>> WORKFLOWS =
            List.of(new Entrant<>("DBOS Transact Java", DbosWorkflows::new, "audit_dbos"));

    private Peers() {}
}
