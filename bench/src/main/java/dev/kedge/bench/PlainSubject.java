package dev.kedge.bench;

import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** What one gets without sharing commits: an insert and a commit for each call. For information. */
final class PlainSubject implements Intake {

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
    public void close() throws SQLException {
        for (var connection : idle) {
            connection.close();
        }
    }
}
