package dev.kedge.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for the last run of a lap. */
final class Finish {

    private static final Duration STILLNESS_MAX = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofNanos(200_000);

    private Finish() {}

    /**
     * Returns when every run of the lap, and of those before it, has ended; fails when no more do.
     */
    static void await(Lap<? extends JobQueue> lap) throws SQLException {
        var subject = lap.subject();
        var runs = lap.end();
        var ended = subject.ended();
        var movedAt = System.nanoTime();
        while (ended < runs) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            var now = subject.ended();
            if (now > ended) {
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > STILLNESS_MAX.toNanos()) {
                throw new IllegalStateException(
                        "%d of %d runs ended, and no more do".formatted(now, runs));
            }
            ended = now;
        }
    }
}
