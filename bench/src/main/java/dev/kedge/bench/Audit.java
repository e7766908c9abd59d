package dev.kedge.bench;

import dev.kedge.bench.Scenario.Left;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the database what became of the runs, and refuses a figure that was not earned.
 *
 * <p>A system that deletes what has ended cannot say what became of it, and says so: its statement
 * has null where the ended are counted. It passes when nothing is left that should not be, and each
 * handler was called once.
 */
final class Audit {

    /** What only a system can tell that keeps what has ended. */
    private static final List<String> OF_THE_ENDED = List.of("completed", "repeated", "lost");

    private final Connection connection;
    private final String sql;
    private final Ledger ledger;

    /**
     * @param file the statement that says how things stand, in columns whose names are the same for
     *     everybody
     */
    Audit(Connection connection, String file, Ledger ledger) {
        this.sql = SqlFile.load(file);
        this.connection = connection;
        this.ledger = ledger;
    }

    /** Fails unless each of {@code runs} is there once and stands where it should. */
    void check(int runs, Left left) throws SQLException {
        var pending = left == Left.ALL_PENDING ? runs : 0;
        var completed = runs - pending;
        var found = stored();
        var forgetful = found.keySet().stream().noneMatch(OF_THE_ENDED::contains);
        var kept = forgetful ? pending : runs;
        var expected = new LinkedHashMap<String, Integer>();
        expected.put("stored", kept);
        expected.put("distinct_payloads", kept);
        expected.put("pending", pending);
        expected.put("under_way", 0);
        expected.put("completed", completed);
        expected.put("repeated", 0);
        expected.put("lost", 0);
        expected.put("steps", left == Left.ALL_ENDED_IN_STEPS ? runs * Workflows.STEPS.size() : 0);
        if (forgetful) {
            expected.keySet().removeAll(OF_THE_ENDED);
        }
        compare(expected, found);
        compare(Map.of("handled once", completed), Map.of("handled once", ledger.calledTimes(1)));
    }

    /** Every column that is not null. */
    private Map<String, Integer> stored() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            var found = new LinkedHashMap<String, Integer>();
            for (var i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                var count = row.getInt(i);
                if (!row.wasNull()) {
                    found.put(row.getMetaData().getColumnLabel(i), count);
                }
            }
            return found;
        }
    }

    private static void compare(Map<String, Integer> expected, Map<String, Integer> found) {
        if (!expected.equals(found)) {
            throw new IllegalStateException(
                    "the runs do not add up: expected %s, found %s".formatted(expected, found));
        }
    }
}
