package dev.kedge.engine.attempt;

import dev.kedge.engine.Service;
import dev.kedge.engine.signal.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Fills free slots with due runs: when the doorbell rings, when a slot becomes free, and every so
 * often in any case.
 */
final class Dispatcher implements Service {

    private static final Duration AT_ONCE = Duration.ZERO;

    /** More is not leased in one statement; what is left is leased by the next. */
    private static final int CLAIM_MAX = 1_000;

    private final Claims claims;
    private final Attempts attempts;
    private final Duration poll;
    private final Loop loop = new Loop("dispatcher", this::dispatch);

    Dispatcher(Claims claims, Attempts attempts, Duration poll) {
        this.claims = claims;
        this.attempts = attempts;
        this.poll = poll;
    }

    void wake() {
        loop.wake();
    }

    private Duration dispatch() {
        var free = attempts.reserveSlots();
        var wanted = Math.min(free, CLAIM_MAX);
        var begun = 0;
        try {
            if (wanted == 0) {
                return poll;
            }
            var taken = claims.take(wanted);
            for (var attempt : taken.attempts()) {
                begun++;
                attempts.begin(attempt);
            }
            return begun == wanted ? AT_ONCE : atMostPoll(taken.again());
        } finally {
            attempts.giveBackSlots(free - begun);
        }
    }

    private Duration atMostPoll(@Nullable Duration again) {
        return again == null || again.compareTo(poll) > 0 ? poll : again;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop(Duration grace) {
        loop.stop(grace);
    }
}
