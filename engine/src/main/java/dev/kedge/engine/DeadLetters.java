package dev.kedge.engine;

import dev.kedge.model.DeadLetter;
import dev.kedge.model.Enqueued;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Page;
import dev.kedge.model.RunId;
import dev.kedge.store.DeadLetterStore;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one namespace that failed for good and wait for a person. For use by any thread.
 *
 * <p>{@link Runs#retry} takes a letter away and makes a new run in one transaction.
 */
public final class DeadLetters {

    private final Namespace namespace;
    private final Parts parts;
    private final Runs runs;

    DeadLetters(Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
        this.runs = new Runs(namespace, parts);
    }

    /**
     * Newest first.
     *
     * @param job null for any
     * @param poisoned true for runs that workers died of, false for the others, null for either
     */
    public Page<DeadLetter, RunId> list(
            @Nullable JobName job, @Nullable Boolean poisoned, @Nullable RunId before, int limit) {
        var filter = new DeadLetterStore.Filter(job, poisoned, before, limit);
        var items = parts.seen().autocommit(tx -> parts.deadLetters().list(tx, namespace, filter));
        return new Page<>(items, items.size() < limit ? null : items.getLast().run());
    }

    public Optional<DeadLetter> find(RunId run) {
        return Optional.ofNullable(
                parts.seen().find(tx -> parts.deadLetters().find(tx, namespace, run)));
    }

    /**
     * Repeats the run as a new one, see {@link Runs#retry}, and takes the letter away.
     *
     * @throws KedgeException.NotFound there is no such letter: dropped, or retried before
     */
    public Enqueued retry(RunId run, boolean fresh) {
        return runs.retryLetter(run, fresh);
    }

    /**
     * Takes a letter away; its run stays as it ended.
     *
     * @throws KedgeException.NotFound there is no such letter
     */
    public void drop(RunId run) {
        if (find(run).isEmpty()) {
            throw new KedgeException.NotFound("dead letter", run.toString());
        }
        parts.checkMayAdminister(namespace);
        parts.seen()
                .inTransaction(tx -> {
                    if (!parts.deadLetters().remove(tx, namespace, run)) {
                        throw new KedgeException.NotFound("dead letter", run.toString());
                    }
                    parts.writeDown(tx, namespace, "dead_letter.drop", run.toString(), Map.of());
                });
    }
}
