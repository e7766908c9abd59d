package dev.kedge.bench;

import java.sql.SQLException;

/** Something that takes runs in. */
interface Intake extends Subject {

    /** Submits the run of that number; returns once it is committed. */
    void enqueue(int number) throws SQLException, InterruptedException;
}
