package dev.kedge.store;

import dev.kedge.model.RunId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What time brings: runs that become due, runs that expire, and the weeks to come. */
public final class TimerStore {

    /** A run that should have started by now, as it stood when it was found. */
    public record Expired(RunId run, long epoch) {}

    private static final Sql RIPEN = Sql.load("run_ripen");
    private static final Sql NEXT_DUE = Sql.load("run_next_due");
    private static final Sql EXPIRED = Sql.load("run_expired");
    private static final Sql PARTITIONS = Sql.load("partition_make");

    /** How many runs ripened, and in which lanes. */
    public record Ripened(int runs, Set<Integer> lanes) {}

    /** Lets at most {@code limit} runs whose time has come be claimed. */
    public Ripened ripen(Tx tx, int limit) {
        var lanes = tx.query(RIPEN.with("limit", limit), row -> row.number("lane"));
        return new Ripened(lanes.size(), new HashSet<>(lanes));
    }

    /** How long until the next run ripens; null where none waits for its time. */
    public @Nullable Duration untilNextDue(Tx tx) {
        return tx.first(NEXT_DUE.plain(), row -> Duration.ofMillis(row.large("wait_ms")));
    }

    public List<Expired> expired(Tx tx, int limit) {
        return tx.query(
                EXPIRED.with("limit", limit),
                row -> new Expired(new RunId(row.uuid("run_id")), row.large("epoch")));
    }

    /** Makes the partitions of this week and the next {@code weeks}, where they are missing. */
    public int makePartitions(Tx tx, int weeks) {
        return tx.one(PARTITIONS.with("weeks", weeks), row -> row.number("made"));
    }
}
