package dev.kedge.model;

/** What becomes of a run whose worker died. */
public enum OnWorkerLost {
    /** Start it again elsewhere, up to the job's {@code maxLosses}. */
    RETRY,
    /** Fail it: its effects must not happen twice. */
    FAIL
}
