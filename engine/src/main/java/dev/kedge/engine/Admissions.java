package dev.kedge.engine;

import dev.kedge.model.Enqueued;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.RunId;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.QuotaStore;
import dev.kedge.store.RunStore;
import dev.kedge.store.RunStore.Submitted;
import dev.kedge.store.Tx;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Writes submissions that may be refused for what is there already: jobs have limits, and
 * namespaces have quotas. They share commits among themselves.
 */
final class Admissions implements Service {

    private final Db db;
    private final RunStore runs;
    private final QuotaStore quotas;
    private final int lockWaitMillis;
    private final Consumer<Collection<Submitted>> announce;
    private final GroupCommit<Prepared, Runs.Submission> commits;

    /**
     * @param announce is called with what was taken, once it is committed
     */
    Admissions(
            Db db,
            RunStore runs,
            QuotaStore quotas,
            int batchMax,
            Duration patience,
            int lockWaitMillis,
            Consumer<Collection<Submitted>> announce) {
        this.db = db;
        this.runs = runs;
        this.quotas = quotas;
        this.lockWaitMillis = lockWaitMillis;
        this.announce = announce;
        // One writer: two would wait for each other at the limit of the same job.
        this.commits = new GroupCommit<>("admit", 1, batchMax, patience, this::write);
    }

    CompletableFuture<Runs.Submission> submit(Prepared run) {
        return commits.submit(run);
    }

    private List<Runs.Submission> write(List<Prepared> batch) {
        var refused =
                batch.stream().anyMatch(Prepared::metered)
                        ? db.transaction(tx -> {
                            tx.lockTimeout(lockWaitMillis);
                            return refusedOf(tx, batch, beyondQuotas(tx, batch));
                        })
                        : db.autocommit(tx -> refusedOf(tx, batch, Map.of()));
        announce.accept(
                batch.stream()
                        .filter(run -> !refused.containsKey(run.id()))
                        .map(Prepared::row)
                        .toList());
        return batch.stream().map(run -> answer(run, refused)).toList();
    }

    private static Runs.Submission answer(Prepared run, Map<RunId, KedgeException> refused) {
        var reason = refused.get(run.id());
        return reason == null
                ? new Runs.Submission.Accepted(new Enqueued(run.id(), true))
                : new Runs.Submission.Refused(reason);
    }

    /**
     * Writes what may be written, and says why the others may not.
     *
     * @param over what {@link #beyondQuotas} says of them
     */
    Map<RunId, KedgeException> refusedOf(
            Tx tx, List<Prepared> batch, Map<RunId, KedgeException> over) {
        var rows =
                batch.stream()
                        .map(Prepared::row)
                        .sorted(Comparator.comparing(Submitted::id))
                        .toList();
        var taken = runs.admit(tx, rows, over.keySet());
        var refused = new HashMap<RunId, KedgeException>();
        for (var run : batch) {
            if (!taken.contains(run.id())) {
                refused.put(run.id(), over.getOrDefault(run.id(), exceeded(run.run())));
            }
        }
        return refused;
    }

    /**
     * Takes from the quotas for {@code batch}, and says which of it they do not allow. To be asked
     * once in a transaction for all that it writes: what it gave before is not counted yet.
     */
    Map<RunId, KedgeException> beyondQuotas(Tx tx, List<Prepared> batch) {
        var metered =
                batch.stream()
                        .filter(Prepared::metered)
                        .sorted(Comparator.comparing(Prepared::id))
                        .collect(Collectors.groupingBy(run -> run.row().namespace()));
        var refused = new HashMap<RunId, KedgeException>();
        if (!metered.isEmpty()) {
            var wanted =
                    metered.entrySet().stream()
                            .collect(
                                    Collectors.toMap(
                                            Map.Entry::getKey, each -> each.getValue().size()));
            var given = quotas.take(tx, wanted);
            metered.forEach((namespace, asked) -> {
                var quota = given.get(namespace);
                if (quota != null) { // Else it has none any more.
                    asked.stream()
                            .skip(quota.runs())
                            .forEach(run -> refused.put(run.id(), beyond(namespace, quota)));
                }
            });
        }
        return refused;
    }

    private static KedgeException beyond(Namespace namespace, QuotaStore.Given given) {
        var quota = given.quota();
        var rule =
                switch (given.by()) {
                    case PENDING -> "may have %d pending runs".formatted(quota.maxPending());
                    case CONCURRENT ->
                            "may have %d runs that are pending or running"
                                    .formatted(quota.maxConcurrent());
                    case RATE, NOTHING -> "takes %d runs a minute".formatted(quota.maxPerMinute());
                };
        return new KedgeException.QuotaExceeded(
                "namespace '%s' %s, and no more".formatted(namespace, rule), given.retryAfter());
    }

    private static KedgeException exceeded(NewRun run) {
        return new KedgeException.Exceeded(
                "job '%s' has as many active runs as it may".formatted(run.job()));
    }

    @Override
    public void start() {
        commits.start();
    }

    @Override
    public void stop(Duration grace) {
        commits.close(grace);
    }
}
