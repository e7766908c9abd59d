package dev.kedge.store;

import dev.kedge.model.Lease;
import dev.kedge.model.LogLevel;
import dev.kedge.model.LogLine;
import dev.kedge.model.Namespace;
import dev.kedge.model.RunId;
import java.util.List;

/** What attempts write down. */
public final class LogStore {

    /** A line under a lease; {@code number} counts the lines of that lease from 1. */
    public record Entry(Lease lease, int number, LogLevel level, String message) {}

    private static final Sql APPEND = Sql.load("log_append");
    private static final Sql READ = Sql.load("log_read");

    /** Appends lines; those of a lost lease are left out. */
    public void append(Tx tx, List<Entry> entries) {
        var rows = new Columns<>(entries);
        tx.update(
                APPEND.with("run_ids", rows.uuids(e -> e.lease().run().value()))
                        .with("epochs", rows.larges(e -> e.lease().epoch()))
                        .with("lines", rows.numbers(Entry::number))
                        .with("levels", rows.texts(e -> e.level().word()))
                        .with("messages", rows.texts(Entry::message)));
    }

    /** Lines after {@code after}, oldest first. */
    public List<LogLine> read(
            Tx tx, Namespace namespace, RunId run, LogLine.Position after, int limit) {
        return tx.query(
                READ.with("run", run.value())
                        .with("namespace", namespace.value())
                        .with("after_epoch", after.epoch())
                        .with("after_line", after.line())
                        .with("limit", limit),
                row ->
                        new LogLine(
                                new LogLine.Position(row.large("epoch"), row.number("line")),
                                row.number("attempt"),
                                row.time("at"),
                                LogLevel.of(row.text("level")),
                                row.text("message")));
    }
}
