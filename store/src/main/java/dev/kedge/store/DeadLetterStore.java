package dev.kedge.store;

import dev.kedge.model.DeadLetter;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.RunId;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs that failed for good and wait for a person. */
public final class DeadLetterStore {

    /** Which letters a reader wants to see; null for any. */
    public record Filter(
            @Nullable JobName job, @Nullable Boolean poisoned, @Nullable RunId before, int limit) {}

    private static final Sql LIST = Sql.load("dead_letter_list");
    private static final Sql FIND = Sql.load("dead_letter_find");
    private static final Sql REMOVE = Sql.load("dead_letter_remove");

    /** Newest first. */
    public List<DeadLetter> list(Tx tx, Namespace namespace, Filter filter) {
        return tx.query(
                LIST.with("namespace", namespace.value())
                        .with("job", filter.job() == null ? null : filter.job().value())
                        .with("poisoned", filter.poisoned())
                        .with("before", filter.before() == null ? null : filter.before().value())
                        .with("limit", filter.limit()),
                DeadLetterStore::letter);
    }

    public @Nullable DeadLetter find(Tx tx, Namespace namespace, RunId run) {
        return tx.first(
                FIND.with("namespace", namespace.value()).with("run", run.value()),
                DeadLetterStore::letter);
    }

    /** Takes a letter away; false where there is none. */
    public boolean remove(Tx tx, Namespace namespace, RunId run) {
        return tx.update(REMOVE.with("namespace", namespace.value()).with("run", run.value())) > 0;
    }

    private static DeadLetter letter(Row row) throws SQLException {
        return new DeadLetter(
                new RunId(row.uuid("run_id")),
                new JobName(row.text("job")),
                row.flag("poisoned"),
                row.time("failed_at"),
                Objects.requireNonNull(RunRows.failure(row)),
                row.number("attempt"),
                row.payload("payload"));
    }
}
