package dev.kedge.store;

import dev.kedge.model.Namespace;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Limits of namespaces, and what limits and orders leave to be tidied up. */
public final class LimitStore {

    /** An ordering key of a job; looks at what is blocked go from one to the next. */
    public record OrderingKey(String namespace, String job, String key) {

        /** Before all others. */
        public static final OrderingKey FIRST = new OrderingKey("", "", "");
    }

    /**
     * What a look at blocked runs came to.
     *
     * @param lanes in which runs were let go
     * @param last where the next look goes on
     */
    public record Unblocked(Set<Integer> lanes, OrderingKey last) {}

    private static final Sql LIMIT = Sql.load("namespace_limit");
    private static final Sql UNLIMIT = Sql.load("namespace_unlimit");
    private static final Sql READ = Sql.load("namespace_limit_read");
    private static final Sql UNBLOCK = Sql.load("run_unblock");
    private static final Sql FORGET = Sql.load("rate_forget");

    /** Sets how many runs of a namespace may run at once; null for as many as there are slots. */
    public void limit(Tx tx, Namespace namespace, @Nullable Integer maxConcurrency) {
        tx.update(
                maxConcurrency == null
                        ? UNLIMIT.with("namespace", namespace.value())
                        : LIMIT.with("namespace", namespace.value())
                                .with("max_concurrency", maxConcurrency));
    }

    /** How many runs of a namespace may run at once; null for as many as there are slots. */
    public @Nullable Integer limitOf(Tx tx, Namespace namespace) {
        return tx.first(
                READ.with("namespace", namespace.value()), row -> row.number("max_concurrency"));
    }

    /** Lets go what waits for nobody, of at most {@code keysMax} keys after {@code last}. */
    public Unblocked unblock(Tx tx, OrderingKey last, int keysMax) {
        var lanes = new HashSet<Integer>();
        var stoppedAt =
                tx.query(
                        UNBLOCK.with("namespace", last.namespace())
                                .with("job", last.job())
                                .with("key", last.key())
                                .with("keys_max", keysMax),
                        row -> {
                            var lane = row.numberOrNull("lane");
                            if (lane != null) {
                                lanes.add(lane);
                            }
                            var key = row.textOrNull("ordering_key");
                            return key == null
                                    ? OrderingKey.FIRST
                                    : new OrderingKey(row.text("namespace"), row.text("job"), key);
                        });
        return new Unblocked(lanes, stoppedAt.isEmpty() ? OrderingKey.FIRST : stoppedAt.getFirst());
    }

    /** Drops starts that no rate limit counts any more. */
    public int forgetStarts(Tx tx) {
        return tx.update(FORGET.plain());
    }
}
