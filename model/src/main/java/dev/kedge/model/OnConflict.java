package dev.kedge.model;

/** What to do with a submission whose business key an active run of the job already has. */
public enum OnConflict {
    /** Refuse it and name the active run. */
    REJECT,
    /** Answer with the active run. */
    RETURN,
    /** Give a pending one the new payload and time; answer with a running one as it is. */
    REPLACE
}
