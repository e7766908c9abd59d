package dev.kedge.bench;

import dev.kedge.model.Payload;
import dev.kedge.model.RunIds;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;

/** The least that must be written, prepared on one connection. Each call is a commit. */
final class RawStatements implements AutoCloseable {

    /** A run that was leased. */
    record Leased(UUID run, long epoch, Payload payload) {}

    /** A step of a leased run that is over; its position counts from 1. */
    record Step(Leased of, String path, int position) {}

    private static final String INSERT = SqlFile.load("raw_insert");
    private static final String CLAIM = SqlFile.load("raw_claim");
    private static final String STEP = SqlFile.load("raw_step");
    private static final String SETTLE = SqlFile.load("raw_settle");
    private static final byte[] RESULT = {'n', 'u', 'l', 'l'};
    private static final RunIds IDS = new RunIds(InstantSource.system(), new SecureRandom());

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement claim;
    private final PreparedStatement step;
    private final PreparedStatement settle;
    private final int lane;
    private final UUID worker = IDS.next().value();

    RawStatements(Connection connection) throws SQLException {
        this.connection = connection;
        insert = connection.prepareStatement(INSERT);
        claim = connection.prepareStatement(CLAIM);
        step = connection.prepareStatement(STEP);
        settle = connection.prepareStatement(SETTLE);
        lane = lane(connection);
    }

    private static int lane(Connection connection) throws SQLException {
        try (var statement =
                connection.prepareStatement("select lane from kedge.lane where job = ?")) {
            statement.setString(1, Server.JOB);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    void insert(int... numbers) throws SQLException {
        var ids = new UUID[numbers.length];
        Arrays.setAll(ids, _ -> IDS.next().value());
        var payloads = new byte[numbers.length][];
        Arrays.setAll(payloads, i -> Ledger.payload(numbers[i]));
        array(insert, 1, "uuid", ids);
        array(insert, 2, "bytea", payloads);
        insert.setInt(3, lane);
        insert.setInt(4, lane);
        insert.executeUpdate();
    }

    void insert(List<Integer> numbers) throws SQLException {
        insert(numbers.stream().mapToInt(Integer::intValue).toArray());
    }

    List<Leased> claim(int limit) throws SQLException {
        claim.setInt(1, lane);
        claim.setInt(2, limit);
        claim.setObject(3, worker);
        var leased = new ArrayList<Leased>();
        try (var row = claim.executeQuery()) {
            while (row.next()) {
                leased.add(
                        new Leased(
                                row.getObject(1, UUID.class),
                                row.getLong(2),
                                Payload.ofJson(row.getBytes(3))));
            }
        }
        return leased;
    }

    /** Records one step of each of {@code steps}; no two are of the same run. */
    void record(List<Step> steps) throws SQLException {
        var ids = steps.stream().map(one -> one.of().run()).toArray(UUID[]::new);
        var outputs = new byte[ids.length][];
        Arrays.fill(outputs, RESULT);
        array(step, 1, "uuid", ids);
        array(step, 2, "int8", steps.stream().mapToLong(one -> one.of().epoch()).toArray());
        array(step, 3, "text", steps.stream().map(Step::path).toArray(String[]::new));
        array(step, 4, "int4", steps.stream().mapToInt(Step::position).toArray());
        array(step, 5, "bytea", outputs);
        array(step, 6, "uuid", ids);
        if (step.executeUpdate() != steps.size()) {
            throw new IllegalStateException("a lease was lost, and there is nobody to lose it to");
        }
    }

    void settle(List<Leased> runs) throws SQLException {
        var ids = runs.stream().map(Leased::run).toArray(UUID[]::new);
        var epochs = runs.stream().mapToLong(Leased::epoch).toArray();
        var results = new byte[ids.length][];
        Arrays.fill(results, RESULT);
        array(settle, 1, "uuid", ids);
        array(settle, 2, "int8", epochs);
        array(settle, 3, "bytea", results);
        array(settle, 4, "uuid", ids);
        if (settle.executeUpdate() != runs.size()) {
            throw new IllegalStateException("a lease was lost, and there is nobody to lose it to");
        }
    }

    private void array(PreparedStatement statement, int position, String type, Object elements)
            throws SQLException {
        var postgres = connection.unwrap(PGConnection.class);
        statement.setArray(position, postgres.createArrayOf(type, elements));
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        claim.close();
        step.close();
        settle.close();
    }
}
