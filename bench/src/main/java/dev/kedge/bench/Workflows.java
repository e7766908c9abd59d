package dev.kedge.bench;

import java.sql.SQLException;
import java.util.List;

/**
 * Something that carries out runs of three recorded steps that do nothing, for callers who wait.
 */
interface Workflows extends Subject {

    List<String> STEPS = List.of("first", "second", "third");

    /** Submits the run of that number; returns once its end is committed. */
    void carryOut(int number) throws SQLException, InterruptedException;
}
