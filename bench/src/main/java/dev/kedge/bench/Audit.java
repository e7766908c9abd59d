package dev.kedge.bench;

import dev.kedge.bench.Scenario.Left;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks the database what became of the runs, and refuses a figure that was not earned. */
final class Audit {

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
        var completed = left == Left.ALL_PENDING ? 0 : runs;
        var expected = new LinkedHashMap<String, Integer>();
        expected.put("stored", runs);
        expected.put("distinct_payloads", runs);
        expected.put("pending", pending);
        expected.put("under_way", 0);
        expected.put("completed", completed);
        expected.put("repeated", 0);
        expected.put("lost", 0);
        expected.put("steps", left == Left.ALL_ENDED_IN_STEPS ? runs * Workflows.STEPS.size() : 0);
        compare(expected, stored(expected));
        compare(Map.of("handled once", completed), Map.of("handled once", ledger.calledTimes(1)));
    }

    private Map<String, Integer> stored(Map<String, Integer> columns) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            var found = new LinkedHashMap<String, Integer>();
            for (var column : columns.keySet()) {
                found.put(column, row.getInt(column));
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
