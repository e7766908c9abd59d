package dev.kedge.model;

/**
 * A worker's sole right to carry out a run, for now.
 *
 * <p>{@code (run, epoch)} is the fence. A claim raises the epoch, and so does every end of a lease
 * that is not the run's end; the store takes a verdict only under the newest one, so a worker that
 * was presumed dead cannot overwrite the one that took over. It is not the attempt number: a run
 * that was handed back is leased anew, and its attempt goes on.
 *
 * <p>No expiry here, on purpose: a lease lasts while its worker's heartbeat is fresh by the
 * database's clock.
 */
public record Lease(RunId run, long epoch, WorkerId worker) {

    public Lease {
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch counts from 1, got " + epoch);
        }
    }
}
