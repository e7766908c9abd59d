package dev.kedge.store;

import dev.kedge.model.Namespace;
import dev.kedge.model.Quota;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Quotas of namespaces, and what is left of them. */
public final class QuotaStore {

    /**
     * What a quota gave.
     *
     * @param runs how many may be submitted
     * @param by what stopped it, if it did not give all
     * @param retryAfter how long it is until there is one more; one second where nobody can know
     */
    public record Given(int runs, Quota quota, Stop by, Duration retryAfter) {}

    /** Why a quota does not give more. */
    public enum Stop {
        NOTHING,
        PENDING,
        CONCURRENT,
        RATE
    }

    private static final Sql PUT = Sql.load("quota_put");
    private static final Sql REMOVE = Sql.load("quota_remove");
    private static final Sql FIND = Sql.load("quota_find");
    private static final Sql LOCK = Sql.load("quota_lock");
    private static final Sql TAKE = Sql.load("quota_take");
    private static final Duration WHO_KNOWS = Duration.ofSeconds(1);

    public void put(Tx tx, Namespace namespace, Quota quota) {
        tx.update(
                quota.equals(Quota.NONE)
                        ? REMOVE.with("namespace", namespace.value())
                        : PUT.with("namespace", namespace.value())
                                .with("max_pending", quota.maxPending())
                                .with("max_concurrent", quota.maxConcurrent())
                                .with("max_per_minute", quota.maxPerMinute()));
    }

    public Quota of(Tx tx, Namespace namespace) {
        var found = tx.first(FIND.with("namespace", namespace.value()), QuotaStore::quota);
        return found == null ? Quota.NONE : found;
    }

    /**
     * Takes from the quotas of namespaces for what is about to be submitted in this transaction.
     * Until its end, other submissions to them wait.
     *
     * @param wanted how many runs, by namespace
     * @return what each one gives; namespaces without a quota are left out
     */
    public Map<Namespace, Given> take(Tx tx, Map<Namespace, Integer> wanted) {
        var rows = new Columns<>(List.copyOf(wanted.entrySet()));
        var namespaces = rows.texts(each -> each.getKey().value());
        tx.query(LOCK.with("namespaces", namespaces), row -> row.text("namespace"));
        return tx
                .query(
                        TAKE.with("namespaces", namespaces)
                                .with("runs", rows.numbers(Map.Entry::getValue)),
                        row -> Map.entry(new Namespace(row.text("namespace")), given(row)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Given given(Row row) throws SQLException {
        var by = Stop.valueOf(row.text("stopped_by").toUpperCase(Locale.ROOT));
        var untilNext = row.largeOrNull("wait_ms");
        return new Given(
                row.number("taken"),
                quota(row),
                by,
                by == Stop.RATE && untilNext != null
                        ? Duration.ofMillis(Math.max(1, untilNext))
                        : WHO_KNOWS);
    }

    private static Quota quota(Row row) throws SQLException {
        return new Quota(
                row.numberOrNull("max_pending"),
                row.numberOrNull("max_concurrent"),
                row.numberOrNull("max_per_minute"));
    }
}
