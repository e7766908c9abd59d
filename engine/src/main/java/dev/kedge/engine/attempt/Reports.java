package dev.kedge.engine.attempt;

import dev.kedge.engine.Service;
import dev.kedge.engine.signal.Loop;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.LogStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what attempts say while they are under way: progress, of which only the newest
 * counts, and log lines, of which every one does.
 */
public final class Reports implements Service {

    private static final System.Logger LOG = System.getLogger(Reports.class.getName());
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(150);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int BATCH_MAX = 1_000;

    private final Db db;
    private final LeaseStore leases;
    private final LogStore logs;
    private final RunWatch watch;
    private final Set<LiveAttempt> withNews = ConcurrentHashMap.newKeySet();
    private final Loop progressing = new Loop("progress", this::writeNews);
    private final GroupCommit<LeaseStore.Report, Boolean> progress;
    private final GroupCommit<LogStore.Entry, Boolean> lines;

    public Reports(Db db, LeaseStore leases, LogStore logs, RunWatch watch) {
        this.db = db;
        this.leases = leases;
        this.logs = logs;
        this.watch = watch;
        this.progress = new GroupCommit<>("report", 1, BATCH_MAX, PATIENCE, this::writeProgress);
        // One writer, so that the lines of an attempt are stored in order.
        this.lines = new GroupCommit<>("log", 1, BATCH_MAX, PATIENCE, this::writeLines);
    }

    void expect(LiveAttempt attempt) {
        if (withNews.add(attempt)) {
            progressing.wake();
        }
    }

    CompletableFuture<Boolean> line(LogStore.Entry entry) {
        return lines.submit(entry);
    }

    /** Where it shows that the lease is lost, the attempt ends. */
    CompletableFuture<Boolean> report(LiveAttempt attempt, Progress newest) {
        return progress.submit(new LeaseStore.Report(attempt.lease(), newest))
                .thenApply(kept -> {
                    if (!kept) {
                        attempt.stop(new Stop.LeaseLost());
                    }
                    return kept;
                });
    }

    /** Returns once everything the attempt said is stored, or cannot be. */
    void flush(LiveAttempt attempt) {
        withNews.remove(attempt);
        try {
            awaitStored(attempt.handOverProgress());
            awaitStored(attempt.lastLine());
        } catch (KedgeException failed) {
            LOG.log(
                    Level.WARNING,
                    "{0}: its last words were lost: {1}",
                    attempt,
                    failed.getMessage());
        }
    }

    private static void awaitStored(@Nullable CompletableFuture<Boolean> last) {
        if (last != null) {
            GroupCommit.await(last);
        }
    }

    private Duration writeNews() throws InterruptedException {
        if (withNews.isEmpty()) {
            return IDLE;
        }
        for (var attempt : List.copyOf(withNews)) {
            withNews.remove(attempt);
            var _ = attempt.handOverProgress(); // Nobody waits for it.
        }
        Thread.sleep(BETWEEN_PROGRESS);
        return Duration.ZERO;
    }

    private List<Boolean> writeProgress(List<LeaseStore.Report> batch) {
        var newest = new TreeMap<RunId, LeaseStore.Report>();
        batch.forEach(report -> newest.put(report.lease().run(), report));
        var kept = db.autocommit(tx -> leases.progress(tx, List.copyOf(newest.values())));
        kept.forEach(watch::changed);
        return batch.stream().map(report -> kept.contains(report.lease().run())).toList();
    }

    private List<Boolean> writeLines(List<LogStore.Entry> batch) {
        var ordered =
                batch.stream()
                        .sorted(
                                Comparator.comparing((LogStore.Entry e) -> e.lease().run())
                                        .thenComparingInt(LogStore.Entry::number))
                        .toList();
        db.autocommit(tx -> {
            logs.append(tx, ordered);
            return true;
        });
        batch.stream().map(entry -> entry.lease().run()).distinct().forEach(watch::changed);
        return batch.stream().map(_ -> true).toList();
    }

    @Override
    public void start() {
        progress.start();
        lines.start();
        progressing.start();
    }

    @Override
    public void stop(Duration grace) {
        progressing.stop(grace);
        progress.close(grace);
        lines.close(grace);
    }
}
