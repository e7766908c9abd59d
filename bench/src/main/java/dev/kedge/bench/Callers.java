package dev.kedge.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers that submit runs until there are none left: each waits for one call before the next. */
record Callers(int count, int batch) {

    /** {@code count} callers that submit one run a call. */
    static Callers single(int count) {
        return new Callers(count, 1);
    }

    /** What a caller does with a run's number. */
    @FunctionalInterface
    interface Call {
        void make(Subject subject, int number) throws SQLException, InterruptedException;
    }

    void submit(Lap lap) throws InterruptedException {
        submit(lap, Subject::enqueue);
    }

    void submit(Lap lap, Call single) throws InterruptedException {
        var next = new AtomicInteger(lap.first());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Integer>>();
            for (var i = 0; i < count; i++) {
                calls.add(threads.submit(() -> call(lap, single, next)));
            }
            for (var call : calls) {
                call.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a call failed", failed.getCause());
        }
    }

    private int call(Lap lap, Call single, AtomicInteger next)
            throws SQLException, InterruptedException {
        for (var calls = 0; ; calls++) {
            var first = next.getAndAdd(batch);
            if (first >= lap.end()) {
                return calls;
            }
            if (batch == 1) {
                single.make(lap.subject(), first);
            } else {
                lap.subject().enqueueBatch(first, Math.min(batch, lap.end() - first));
            }
        }
    }
}
