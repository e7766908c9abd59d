package dev.kedge.bench;

import java.sql.SQLException;
import java.util.List;

/**
 * Something that is measured, the same for every subject.
 *
 * @param units what the figures of a lap count, in their order
 * @param runs how many runs a lap has, not counting those that warm it up
 * @param left how many of the runs must be left pending when a lap is over
 * @param entrants who is measured; the second one sets the limit that the others are compared with
 */
record Scenario(
        String name,
        List<String> units,
        int runs,
        Left left,
        List<Entrant> entrants,
        Course course) {

    private static final int QUICK = 10;

    /** What a lap leaves behind. */
    enum Left {
        ALL_PENDING,
        ALL_ENDED
    }

    /** One who is measured: how it is set up on a database. */
    record Entrant(String name, Setup setup) {}

    @FunctionalInterface
    interface Setup {
        Subject open(Stage stage, Ledger ledger) throws SQLException, InterruptedException;
    }

    /** What is done with a subject. Returns one figure for each of the units. */
    @FunctionalInterface
    interface Course {
        double[] drive(Lap lap) throws SQLException, InterruptedException;
    }

    /** The same with a tenth of the runs. */
    Scenario quick() {
        return new Scenario(name, units, runs / QUICK, left, entrants, course);
    }
}
