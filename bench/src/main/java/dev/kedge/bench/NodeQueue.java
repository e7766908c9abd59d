package dev.kedge.bench;

import java.util.Map;

/** A job queue that runs on Node.js. */
final class NodeQueue implements JobQueue {

    private static final int PRELOAD_BATCH = 1_000;

    private final NodeProcess driver;

    /** How its workers learn that there are runs. */
    enum Work {
        /** There are none: it only takes runs in. */
        NONE,
        POLLED,
        NOTIFIED
    }

    NodeQueue(String driver, Work work, Stage stage, Ledger ledger) throws InterruptedException {
        this.driver = NodeProcess.start(driver, stage, ledger, Map.of("work", work));
    }

    @Override
    public void enqueue(int number) throws InterruptedException {
        driver.call("enqueue", number);
    }

    @Override
    public void enqueueBatch(int first, int end) throws InterruptedException {
        driver.call("enqueueBatch", first, end);
    }

    @Override
    public void pause() throws InterruptedException {
        driver.call("pause");
    }

    @Override
    public void preload(int first, int end) throws InterruptedException {
        for (var from = first; from < end; from += PRELOAD_BATCH) {
            enqueueBatch(from, Math.min(from + PRELOAD_BATCH, end));
        }
    }

    @Override
    public void resume() throws InterruptedException {
        driver.call("resume");
    }

    @Override
    public long ended() {
        return driver.ended();
    }

    @Override
    public void close() {
        driver.stop();
    }
}
