package dev.kedge.store;

import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.RunCounts;
import dev.kedge.model.RunState;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** How many runs are in each state. */
public final class TallyStore {

    private static final Sql FOLD = Sql.load("tally_fold");
    private static final Sql READ = Sql.load("tally_read");

    /** Folds at most {@code limit} changes into the sums; says how many there were. */
    public int fold(Tx tx, int limit) {
        return tx.one(FOLD.with("limit", limit), row -> row.number("taken"));
    }

    private record Count(String job, String state, long runs) {}

    public RunCounts read(Tx tx, Namespace namespace) {
        var counts =
                tx.query(
                        READ.with("namespace", namespace.value()),
                        row -> new Count(row.text("job"), row.text("state"), row.large("runs")));
        Map<JobName, Map<RunState, Long>> byJob =
                new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        for (var count : counts) {
            byJob.computeIfAbsent(new JobName(count.job()), _ -> new EnumMap<>(RunState.class))
                    .put(RunState.of(count.state()), count.runs());
        }
        return new RunCounts(byJob);
    }
}
