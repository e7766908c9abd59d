package dev.kedge.server;

import java.util.concurrent.Semaphore;

/**
 * The requests that are answered later (long polls and streams): how many there may be, and that
 * they end soon after the server is told to stop.
 */
final class Waiting {

    private final int placesMax;
    private final Semaphore places;
    private volatile boolean over;

    Waiting(int placesMax) {
        this.placesMax = placesMax;
        this.places = new Semaphore(placesMax);
    }

    /** Runs {@code answer} if there is a place left. */
    void with(Route.Action answer, Call call) throws Exception {
        if (over || !places.tryAcquire()) {
            throw Refused.because(ErrorCode.BUSY, "too many requests are waiting already");
        }
        try {
            answer.answer(call);
        } finally {
            places.release();
        }
    }

    /** How many are waiting now. */
    int taken() {
        return placesMax - places.availablePermits();
    }

    /** Whether to stop waiting. Looked at about once a second. */
    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }
}
