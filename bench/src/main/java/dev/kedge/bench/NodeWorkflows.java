package dev.kedge.bench;

import java.util.Map;

/** Durable execution on Node.js. */
final class NodeWorkflows implements Workflows {

    private final NodeProcess driver;

    NodeWorkflows(String driver, Stage stage, Ledger ledger) throws InterruptedException {
        this.driver = NodeProcess.start(driver, stage, ledger, Map.of("steps", STEPS));
    }

    @Override
    public void carryOut(int number) throws InterruptedException {
        driver.call("carryOut", number);
    }

    @Override
    public void close() {
        driver.stop();
    }
}
