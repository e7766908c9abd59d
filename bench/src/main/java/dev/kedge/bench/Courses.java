package dev.kedge.bench;

import dev.kedge.bench.Callers.Call;
import dev.kedge.bench.Scenario.Course;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** What can be done with a subject, and what is measured meanwhile. */
final class Courses {

    private static final double MILLI_NANOS = 1e6;

    private Courses() {}

    /** From the first call until the last one has returned. */
    static <S extends Subject> Course<S> calls(Callers callers, Call<? super S> call) {
        return lap -> {
            var start = System.nanoTime();
            callers.make(lap, call);
            return new double[] {lap.rateSince(start)};
        };
    }

    /** From the moment when runs that are all there may start, until the last one's end is kept. */
    static Course<JobQueue> drain() {
        return lap -> {
            lap.subject().pause();
            lap.subject().preload(lap.first(), lap.end());
            lap.stage().checkpoint();
            var start = System.nanoTime();
            lap.subject().resume();
            Finish.await(lap);
            return new double[] {lap.rateSince(start)};
        };
    }

    /** From the first call until the last run's end is kept; calls wait for their commit alone. */
    static Course<JobQueue> fullLife(Callers callers, Call<? super JobQueue> call) {
        return lap -> {
            var start = System.nanoTime();
            callers.make(lap, call);
            Finish.await(lap);
            return new double[] {lap.rateSince(start)};
        };
    }

    /** From a call until its run's handler is called, with calls at an even pace: p50 and p99. */
    static Course<JobQueue> latency(int callsPerSecond) {
        var pace = Duration.ofSeconds(1).dividedBy(callsPerSecond);
        return lap -> {
            var called = callAtPace(lap, pace.toNanos());
            Finish.await(lap);
            var nanos = new long[lap.runs()];
            Arrays.setAll(nanos, i -> lap.ledger().startNanos(lap.first() + i) - called[i]);
            Arrays.sort(nanos);
            return new double[] {
                nanos[nanos.length / 2] / MILLI_NANOS, nanos[nanos.length * 99 / 100] / MILLI_NANOS
            };
        };
    }

    /** Each call on a thread of its own, so that a slow one does not hold back those after it. */
    private static long[] callAtPace(Lap<? extends Intake> lap, long paceNanos)
            throws SQLException, InterruptedException {
        var called = new long[lap.runs()];
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Boolean>>();
            var due = System.nanoTime();
            for (var i = 0; i < called.length; i++) {
                due += paceNanos;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                var number = lap.first() + i;
                called[i] = System.nanoTime();
                calls.add(
                        threads.submit(() -> {
                            lap.subject().enqueue(number);
                            return true;
                        }));
            }
            for (var call : calls) {
                call.get();
            }
            return called;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a call failed", failed.getCause());
        }
    }
}
