package dev.kedge.embedded;

/** What becomes of committed data when a process or the machine dies. */
public enum Durability {
    /** Committed is committed: it survives a crash of the server, of this process, of the host. */
    DURABLE,

    /** For tests only: nothing is flushed to disk, and the data is wiped when the server closes. */
    THROW_AWAY
}
