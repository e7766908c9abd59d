package dev.kedge.model;

/** What {@link Transition} must know of a job: how it recovers from failures and lost workers. */
public record RecoveryPolicy(RetryPolicy retry, OnWorkerLost onWorkerLost, int maxLosses) {

    public static final int LOSSES_MAX = 1_000;

    public static final RecoveryPolicy DEFAULT =
            new RecoveryPolicy(RetryPolicy.DEFAULT, OnWorkerLost.RETRY, 3);

    public RecoveryPolicy {
        Bounds.check("maxLosses", maxLosses, 1, LOSSES_MAX);
    }
}
