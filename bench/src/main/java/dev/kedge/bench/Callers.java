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

    void submit(Lap lap) throws InterruptedException {
        var next = new AtomicInteger(lap.first());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Integer>>();
            for (var i = 0; i < count; i++) {
                calls.add(threads.submit(() -> call(lap, next)));
            }
            for (var call : calls) {
                call.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a call failed", failed.getCause());
        }
    }

    private int call(Lap lap, AtomicInteger next) throws SQLException, InterruptedException {
        for (var calls = 0; ; calls++) {
            var first = next.getAndAdd(batch);
            if (first >= lap.end()) {
                return calls;
            }
            if (batch == 1) {
                lap.subject().enqueue(first);
            } else {
                lap.subject().enqueueBatch(first, Math.min(batch, lap.end() - first));
            }
        }
    }
}
