package dev.kedge.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import java.nio.charset.StandardCharsets;

/**
 * DBOS Transact, embedded: a workflow function that runs three steps, called through its proxy, so
 * that the caller has the result as soon as it is kept. Its tables are in a schema of their own.
 */
final class DbosWorkflows implements Workflows {

    /** One for each caller of workflow3-20. */
    private static final int CONNECTIONS = 20;

    private final HikariDataSource pool;
    private final DBOS dbos;
    private final ThreeSteps workflow;

    /** What DBOS makes a proxy of. */
    public interface ThreeSteps {
        String run(String payload);
    }

    /** Its code. */
    public record ThreeStepsOfNothing(DBOS dbos, Ledger ledger) implements ThreeSteps {
        @Override
        @Workflow(name = Server.JOB)
        public String run(String payload) {
            ledger.started(payload.getBytes(StandardCharsets.UTF_8));
            for (var name : STEPS) {
                dbos.runStep(() -> {}, name);
            }
            return "null";
        }
    }

    DbosWorkflows(Stage stage, Ledger ledger) {
        pool = stage.pool(CONNECTIONS);
        dbos = new DBOS(DBOSConfig.defaults("bench").withDataSource(pool));
        workflow = dbos.registerProxy(ThreeSteps.class, new ThreeStepsOfNothing(dbos, ledger));
        dbos.launch();
    }

    @Override
    public void carryOut(int number) {
        workflow.run(new String(Ledger.payload(number), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        dbos.shutdown();
        pool.close();
    }
}
