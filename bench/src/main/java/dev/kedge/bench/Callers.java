package dev.kedge.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers that go on until no runs are left: each waits for one call before the next. */
record Callers(int count, int batch) {

    /** {@code count} callers with one run a call. */
    static Callers single(int count) {
        return new Callers(count, 1);
    }

    /** What a caller asks of a subject, for the runs {@code first} to {@code end - 1}. */
    @FunctionalInterface
    interface Call<S extends Subject> {
        void make(S subject, int first, int end) throws SQLException, InterruptedException;

        /** One for each run. */
        static <S extends Subject> Call<S> each(Single<S> call) {
            return (subject, first, end) -> {
                for (var number = first; number < end; number++) {
                    call.make(subject, number);
                }
            };
        }
    }

    /** What a caller asks of a subject for one run. */
    @FunctionalInterface
    interface Single<S extends Subject> {
        void make(S subject, int number) throws SQLException, InterruptedException;
    }

    <S extends Subject> void make(Lap<S> lap, Call<? super S> call) throws InterruptedException {
        var next = new AtomicInteger(lap.first());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var callers = new ArrayList<Future<Integer>>();
            for (var i = 0; i < count; i++) {
                callers.add(threads.submit(() -> call(lap, call, next)));
            }
            for (var caller : callers) {
                caller.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a call failed", failed.getCause());
        }
    }

    private <S extends Subject> int call(Lap<S> lap, Call<? super S> call, AtomicInteger next)
            throws SQLException, InterruptedException {
        for (var calls = 0; ; calls++) {
            var first = next.getAndAdd(batch);
            if (first >= lap.end()) {
                return calls;
            }
            call.make(lap.subject(), first, Math.min(first + batch, lap.end()));
        }
    }
}
