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
record Scenario<S extends Subject>(
        String name,
        List<String> units,
        int runs,
        Left left,
        List<? extends Entrant<? extends S>> entrants,
        List<? extends Entrant<? extends S>> peers,
        Course<? super S> course) {

    private static final int QUICK = 10;

    /** What a lap leaves behind. */
    enum Left {
        ALL_PENDING,
        ALL_ENDED,
        ALL_ENDED_IN_STEPS
    }

    /**
     * One who is measured: how it is set up on a database.
     *
     * @param audit the statement that says what became of its runs, see {@link Audit}
     * @param runsMax a lap of this one has no more, because it would take too long
     */
    record Entrant<S extends Subject>(
            String name, Setup<? extends S> setup, String audit, int runsMax) {
        Entrant(String name, Setup<? extends S> setup) {
            this(name, setup, "audit");
        }

        Entrant(String name, Setup<? extends S> setup, String audit) {
            this(name, setup, audit, Integer.MAX_VALUE);
        }
    }

    @FunctionalInterface
    interface Setup<S extends Subject> {
        S open(Stage stage, Ledger ledger) throws SQLException, InterruptedException;
    }

    /** What is done with a subject. Returns one figure for each of the units. */
    @FunctionalInterface
    interface Course<S extends Subject> {
        double[] drive(Lap<? extends S> lap) throws SQLException, InterruptedException;
    }

    Scenario(
            String name,
            List<String> units,
            int runs,
            Left left,
            List<? extends Entrant<? extends S>> entrants,
            Course<? super S> course) {
        this(name, units, runs, left, entrants, List.of(), course);
    }

    /** The same with its peers among the entrants. */
    Scenario<S> withPeers() {
        var all = Stream.<Entrant<? extends S>>concat(entrants.stream(), peers.stream()).toList();
        return new Scenario<>(name, units, runs, left, all, peers, course);
    }

    /** The same with a tenth of the runs. */
    Scenario<S> quick() {
        return new Scenario<>(name, units, runs / QUICK, left, entrants, peers, course);
    }
}
