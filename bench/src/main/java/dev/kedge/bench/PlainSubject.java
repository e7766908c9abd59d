package dev.kedge.bench;

import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** What one gets without sharing commits: an insert and a commit for each call. For information. */
final class PlainSubject implements Subject {

    private static final int CONNECTIONS_MAX = 32;

    private final BlockingQueue<RawConnection> idle;

    PlainSubject(Stage stage, int callers) throws SQLException {
        var count = Math.min(callers, CONNECTIONS_MAX);
        idle = new ArrayBlockingQueue<>(count);
        for (var i = 0; i < count; i++) {
            idle.add(RawConnection.open(stage));
        }
    }

    @Override
    public void enqueue(int number) throws SQLException, InterruptedException {
        var connection = idle.take();
        try {
            connection.statements().insert(number);
        } finally {
            idle.put(connection);
        }
    }

    @Override
    public void enqueueBatch(int first, int count) {
        throw new UnsupportedOperationException("single calls only");
    }

    @Override
    public void pause() {
        // It carries nothing out.
    }

    @Override
    public void resume() {
        // It carries nothing out.
    }

    @Override
    public long ended() {
        return 0;
    }

    @Override
    public void close() throws SQLException {
        for (var connection : idle) {
            connection.close();
        }
    }
}
