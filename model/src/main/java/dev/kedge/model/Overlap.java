package dev.kedge.model;

/** What becomes of a schedule's slot while the run of an earlier one has not ended. */
public enum Overlap {
    /** It is passed over. */
    SKIP,
    /** It starts a run all the same. */
    ALLOW,
    /** It starts a run that waits until the earlier ones have ended. */
    QUEUE,
    /** It asks the earlier run to stop, and starts one that waits for that. */
    CANCEL_RUNNING
}
