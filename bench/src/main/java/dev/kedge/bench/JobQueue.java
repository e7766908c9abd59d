package dev.kedge.bench;

import java.sql.SQLException;

/** Something that takes runs in and carries them out. */
interface JobQueue extends Intake {

    /**
     * Submits the runs {@code first} to {@code end - 1} at once; returns once all are committed.
     */
    void enqueueBatch(int first, int end) throws SQLException, InterruptedException;

    /** When this returns, no further run starts until {@link #resume}. */
    void pause() throws SQLException, InterruptedException;

    /** Puts the runs {@code first} to {@code end - 1} into the paused queue; not measured. */
    void preload(int first, int end) throws SQLException, InterruptedException;

    void resume() throws SQLException, InterruptedException;

    /** How many runs were carried out, and their end committed. */
    long ended() throws SQLException;
}
