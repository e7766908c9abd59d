package dev.kedge.store;

import dev.kedge.model.Claims;
import dev.kedge.model.Namespace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which statements run. Who opened it decides what is committed, and when; a store
 * that takes one first thing says so.
 *
 * <p>Statements run as the login, or as somebody who may do less: then each of them says so itself,
 * in its own round trip, and is the login's again afterwards. So nothing that ran before decides
 * what one may see.
 */
public final class Tx {

    /** Makes a value of a row. */
    @FunctionalInterface
    interface Mapper<T> {
        T map(Row row) throws SQLException;
    }

    private static final Sql LOCK_TIMEOUT = Sql.load("lock_timeout");
    private static final Sql CLAIMS_BEGIN = Sql.load("claims_begin");
    private static final Sql BATCH_BEGIN = Sql.load("batch_begin");
    private static final Sql ROLE_END = Sql.load("role_end");

    private final Connection connection;
    private final Sql.@Nullable Bound opening;

    /** Statements run in whatever transaction {@code connection} is in, and never commit it. */
    public Tx(Connection connection) {
        this(connection, null);
    }

    private Tx(Connection connection, Sql.@Nullable Bound opening) {
        this.connection = connection;
        this.opening = opening;
    }

    /** The same transaction, for statements that see and do what {@code caller} claims. */
    Tx as(Claims caller) {
        return new Tx(
                connection,
                CLAIMS_BEGIN
                        .with("principal", caller.id().value())
                        .with("everywhere", caller.everywhere() ? "on" : "off")
                        .with("sees_own", listed(caller.seesOwn()))
                        .with("sees_all", listed(caller.seesAll()))
                        .with("submits", listed(caller.submits()))
                        .with("administers", listed(caller.administers())));
    }

    /** The same transaction, for statements that write rows for {@code parties} only. */
    Tx writingFor(Set<Party> parties) {
        var rows = new Columns<>(List.copyOf(parties));
        return new Tx(
                connection,
                BATCH_BEGIN
                        .with("namespaces", rows.texts(party -> party.namespace().value()))
                        .with("submitters", rows.texts(Party::submitter)));
    }

    /** The same transaction, for what Kedge itself does in it, whoever asked. */
    public Tx asEngine() {
        return new Tx(connection);
    }

    private static String listed(Collection<Namespace> namespaces) {
        return namespaces.stream().map(Namespace::value).collect(Collectors.joining(","));
    }

    /** Runs every statement of {@code bound}, and returns the rows of the last one. */
    <T> List<T> query(Sql.Bound bound, Mapper<T> mapper) {
        return run(bound, mapper).rows();
    }

    /**
     * Runs {@code bound}, whose first statement locks what guards the others, and returns the rows
     * of the last one; null where there was nothing to lock.
     */
    <T> @Nullable List<T> guarded(Sql.Bound bound, Mapper<T> mapper) {
        var answer = run(bound, mapper);
        return answer.guarded() ? answer.rows() : null;
    }

    /** The row a statement is sure to return. */
    <T> T one(Sql.Bound bound, Mapper<T> mapper) {
        return query(bound, mapper).getFirst();
    }

    <T> @Nullable T first(Sql.Bound bound, Mapper<T> mapper) {
        var rows = query(bound, mapper);
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /** Runs every statement of {@code bound}, and says how many rows the last one touched. */
    int update(Sql.Bound bound) {
        return run(bound, row -> row).touched();
    }

    /** How long statements of this transaction may wait for a lock. */
    public void lockTimeout(int millis) {
        query(LOCK_TIMEOUT.with("timeout", millis + "ms"), row -> row.text("set_config"));
    }

    private record Answer<T>(boolean guarded, List<T> rows, int touched) {}

    private <T> Answer<T> run(Sql.Bound bound, Mapper<T> mapper) {
        try {
            if (opening == null) {
                return run(bound.sql().text(), 0, bound, mapper);
            }
            return connection.getAutoCommit()
                    ? runWhole(bound.sql().wholeAfter(opening.sql()), bound, mapper)
                    : run(bound.sql().between(opening.sql(), ROLE_END), 1, bound, mapper);
        } catch (SQLException failed) {
            throw SqlErrors.translate(failed);
        }
    }

    /** What fails in the middle has left its transaction open. */
    private <T> Answer<T> runWhole(String text, Sql.Bound bound, Mapper<T> mapper)
            throws SQLException {
        try {
            return run(text, 2, bound, mapper);
        } catch (SQLException | RuntimeException failed) {
            try (var statement = connection.createStatement()) {
                statement.execute("rollback");
            } catch (SQLException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    private <T> Answer<T> run(String text, int before, Sql.Bound bound, Mapper<T> mapper)
            throws SQLException {
        try (var statement = connection.prepareStatement(text)) {
            bind(statement, bound);
            var isResult = statement.execute();
            for (var i = 0; i < before; i++) {
                isResult = statement.getMoreResults();
            }
            var results = 0;
            var guarded = true;
            List<T> rows = List.of();
            var touched = 0;
            while (!bound.sql().isPast(results) && (isResult || statement.getUpdateCount() >= 0)) {
                if (isResult) {
                    rows = new ArrayList<>();
                    try (var result = statement.getResultSet()) {
                        var row = new Row(result);
                        var last = bound.sql().isLast(results);
                        while (result.next()) {
                            touched = last ? touched : 1;
                            if (last) {
                                rows.add(mapper.map(row));
                            }
                        }
                    }
                    if (results == 0 && !bound.sql().isLast(0)) {
                        guarded = touched > 0;
                    }
                    touched = rows.size();
                } else {
                    touched = statement.getUpdateCount();
                }
                results++;
                isResult = statement.getMoreResults();
            }
            return new Answer<>(guarded, rows, touched);
        }
    }

    private void bind(PreparedStatement statement, Sql.Bound bound) throws SQLException {
        var position = 1;
        if (opening != null) {
            for (var parameter : opening.sql().parameters()) {
                bind(statement, position++, opening.value(parameter));
            }
        }
        for (var parameter : bound.sql().parameters()) {
            var value = bound.value(parameter);
            if (value == null && opening == null) {
                refuseToSplit(bound.sql(), parameter);
            }
            bind(statement, position++, value);
        }
    }

    /**
     * A null has no type, so the driver asks for one, and then may end the transaction between two
     * statements of one round trip where nobody said BEGIN: what the first one locked would be free
     * while the others write.
     */
    private void refuseToSplit(Sql sql, String parameter) throws SQLException {
        if (sql.isSeveral() && connection.getAutoCommit()) {
            throw new IllegalArgumentException(
                    "%s: :%s must not be null where several statements commit by themselves"
                            .formatted(sql, parameter));
        }
    }

    private void bind(PreparedStatement statement, int position, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(position, Types.NULL);
            case Instant time -> statement.setObject(position, time.atOffset(ZoneOffset.UTC));
            case byte[] bytes -> statement.setBytes(position, bytes);
            case UUID[] uuids -> setArray(statement, position, "uuid", uuids);
            case String[] texts -> setArray(statement, position, "text", texts);
            case byte[][] bytes -> setArray(statement, position, "bytea", bytes);
            case long[] numbers -> setArray(statement, position, "int8", numbers);
            case int[] numbers -> setArray(statement, position, "int4", numbers);
            case boolean[] flags -> setArray(statement, position, "bool", flags);
            case Double[] numbers -> setArray(statement, position, "float8", numbers);
            case Long[] numbers -> setArray(statement, position, "int8", numbers);
            case String text -> statement.setString(position, text);
            case UUID uuid -> statement.setObject(position, uuid);
            case Integer number -> statement.setInt(position, number);
            case Long number -> statement.setLong(position, number);
            case Double number -> statement.setDouble(position, number);
            case Boolean flag -> statement.setBoolean(position, flag);
            default ->
                    throw new IllegalArgumentException(
                            "no column holds a " + value.getClass().getName());
        }
    }

    private void setArray(PreparedStatement statement, int position, String type, Object elements)
            throws SQLException {
        var postgres = connection.unwrap(org.postgresql.PGConnection.class);
        statement.setArray(position, postgres.createArrayOf(type, elements));
    }
}
