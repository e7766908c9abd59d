package dev.kedge.functions;

/**
 * One message from a process, as it claims to be.
 *
 * @param run the number of the run it speaks of; 0 before the first
 */
record Frame(int run, Kind kind, byte[] body) {

    static final int SECRET_BYTES = 16;
    static final int HEAD_BYTES = SECRET_BYTES + 9;

    /** The order is the number on the wire, from 1. */
    enum Kind {
        LOADED,
        RETURNED,
        FAILED,
        LOG,
        PROGRESS
    }
}
