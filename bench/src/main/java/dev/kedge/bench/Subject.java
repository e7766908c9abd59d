package dev.kedge.bench;

import java.sql.SQLException;

/** Something that takes runs in and carries them out, on one database. */
interface Subject extends AutoCloseable {

    /** Submits the run of that number; returns once it is committed. */
    void enqueue(int number) throws SQLException, InterruptedException;

    /** Submits the run of that number; returns once its end is committed. */
    default void carryOut(int number) throws SQLException, InterruptedException {
        throw new UnsupportedOperationException("callers do not wait for the end");
    }

    /** Submits runs of successive numbers at once; returns once they are committed. */
    void enqueueBatch(int first, int count) throws SQLException, InterruptedException;

    /** When this returns, no further run starts until {@link #resume}. */
    void pause() throws SQLException, InterruptedException;

    void resume();

    /** How many runs were carried out, and their end committed. */
    long ended();

    @Override
    void close() throws SQLException;
}
