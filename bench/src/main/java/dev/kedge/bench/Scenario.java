package dev.kedge.bench;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something that is measured, the same for every subject.
 *
 * @param units what the figures of a lap count, in their order
 * @param runs how many runs a lap has, not counting those that warm it up
 * @param left how many of the runs must be left pending when a lap is over
 * @param entrants who is measured; the one called raw, if there is one, sets the limit that the
 *     others are compared with
 */
record Scenario(
        String name,
        List<String> units,
        int runs,
        Left left,
        List<Entrant> entrants,
        List<Entrant> peers,
        Course course) {

    private static final int QUICK = 10;

    /** What a lap leaves behind. */
    enum Left {
        ALL_PENDING,
        ALL_ENDED,
        ALL_ENDED_IN_STEPS
    }

    /** One who is measured: how it is set up on a database. */
    record Entrant(String name, Setup setup, String audit) {
        Entrant(String name, Setup setup) {
            this(name, setup, "audit");
        }
    }

    @FunctionalInterface
    interface Setup {
        Subject open(Stage stage, Ledger ledger) throws SQLException, InterruptedException;
    }

    /** What is done with a subject. Returns one figure for each of the units. */
    @FunctionalInterface
    interface Course {
        double[] drive(Lap lap) throws SQLException, InterruptedException;
    }

    Scenario(
            String name,
            List<String> units,
            int runs,
            Left left,
            List<Entrant> entrants,
            Course course) {
        this(name, units, runs, left, entrants, List.of(), course);
    }

    /** The same with its peers among the entrants. */
    Scenario withPeers() {
        var all = Stream.concat(entrants.stream(), peers.stream()).toList();
        return new Scenario(name, units, runs, left, all, peers, course);
    }

    /** The same with a tenth of the runs. */
    Scenario quick() {
        return new Scenario(name, units, runs / QUICK, left, entrants, peers, course);
    }
}
