package dev.kedge.model;

/** What becomes of a submission while as many runs of its job are active as may run at once. */
public enum OnExceeded {
    /** It is taken, and waits for its turn. */
    QUEUE,
    /** It is refused; whoever submits may try again. */
    REJECT
}
