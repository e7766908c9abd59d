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

    /** The part of the slots that a claim leaves for runs that start where they are submitted. */
    private static final int LEFT_FOR_BIRTHS = 4;

    private final Claims claims;
    private final Attempts attempts;
    private final Duration poll;
    private final Loop loop = new Loop("dispatcher", this::dispatch);

    /** Whether the last claim had room for all there was; a free slot is then of no interest. */
    private volatile boolean caughtUp;

    private volatile boolean claiming;

    Dispatcher(Claims claims, Attempts attempts, Duration poll) {
        this.claims = claims;
        this.attempts = attempts;
        this.poll = poll;
    }

    void wake() {
        loop.wake();
    }

    /** A slot is free again. What a claim under way was told of slots is out of date. */
    void slotFreed() {
        if (claiming || !caughtUp) {
            loop.wake();
        }
    }

    /** Whether runs may be waiting for a slot here. */
    boolean isBehind() {
        return !caughtUp;
    }

    private Duration dispatch() {
        claiming = true;
        var left = caughtUp ? attempts.slotsTotal() / LEFT_FOR_BIRTHS : 0;
        var free = attempts.reserveSlotsBut(left);
        var wanted = Math.min(free, CLAIM_MAX);
        var begun = 0;
        try {
            if (wanted == 0) {
                caughtUp = false;
                return left > 0 ? AT_ONCE : poll; // A run that waits goes before those to come.
            }
            var taken = claims.take(wanted);
            for (var attempt : taken.attempts()) {
                begun++;
                attempts.begin(attempt);
            }
            caughtUp = begun < wanted;
            return caughtUp ? atMostPoll(taken.again()) : AT_ONCE;
        } finally {
            attempts.giveBackSlots(free - begun);
            claiming = false;
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
