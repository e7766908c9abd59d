package dev.kedge.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;

/**
 * The limit: plain JDBC over the same tables with the same durability, and nothing that a queue
 * needs beside it. No definitions, no worker to be fenced by, no counts, no news, no thread a run.
 */
final class RawSubject implements JobQueue {

    private final Stage stage;
    private final SharedCommits<Integer> commits;
    private final BlockingQueue<RawConnection> batching;
    private final RawWorkers workers;
    private final List<RawConnection> connections = new ArrayList<>();

    /**
     * @param writers connections that submit
     * @param workers connections that claim and settle
     */
    RawSubject(Stage stage, Ledger ledger, int writers, int workers, int claimMax)
            throws SQLException {
        this.stage = stage;
        this.workers = new RawWorkers(ledger, open(stage, workers), claimMax);
        this.commits =
                new SharedCommits<>(
                        open(stage, writers), RawStatements::insert, this.workers::wake);
        this.batching = new ArrayBlockingQueue<>(Math.max(1, writers), true, open(stage, writers));
        this.workers.start();
        this.commits.start();
    }

    private List<RawConnection> open(Stage stage, int count) throws SQLException {
        var opened = new ArrayList<RawConnection>();
        for (var i = 0; i < count; i++) {
            opened.add(RawConnection.open(stage));
        }
        connections.addAll(opened);
        return opened;
    }

    @Override
    public void enqueue(int number) throws InterruptedException {
        commits.write(number);
    }

    @Override
    public void enqueueBatch(int first, int end) throws SQLException, InterruptedException {
        var numbers = IntStream.range(first, end).toArray();
        var connection = batching.take();
        try {
            connection.statements().insert(numbers);
        } finally {
            batching.put(connection);
        }
        workers.wake();
    }

    @Override
    public void pause() throws InterruptedException {
        workers.pause();
    }

    @Override
    public void preload(int first, int end) throws SQLException {
        stage.preload(first, end);
    }

    @Override
    public void resume() {
        workers.resume();
    }

    @Override
    public long ended() {
        return workers.ended();
    }

    @Override
    public void close() throws SQLException {
        commits.stop();
        workers.stop();
        for (var connection : connections) {
            connection.close();
        }
    }
}
