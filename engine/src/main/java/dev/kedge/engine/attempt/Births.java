package dev.kedge.engine.attempt;

import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.catalog.Handlers;
import dev.kedge.model.NewRun;
import dev.kedge.model.RunId;
import dev.kedge.store.Claimed;
import dev.kedge.store.LeaseStore.Holder;
import dev.kedge.store.Offer;
import dev.kedge.store.RunStore.Submitted;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets runs start where they are submitted: leased by the commit that stores them, claimed by
 * nobody. For use by any thread.
 *
 * <p>A run is expected here before that commit is sent, so that no reconciliation takes its lease
 * for one that nobody heard of. Where the commit's reply is lost, the run is expected no more: if
 * it was leased after all, its lease is such a stranger, and is handed back.
 */
public final class Births {

    /** The most important first, as a claim would have it. */
    private static final Comparator<Submitted> IN_TURN =
            Comparator.comparingInt(Submitted::priority).reversed().thenComparing(Submitted::id);

    private final Attempts attempts;
    private final Incarnation incarnation;
    private final Handlers handlers;
    private final Catalog catalog;
    private final Tally tally;
    private final BooleanSupplier othersWait;
    private volatile boolean closed;

    /**
     * @param othersWait whether runs wait for a slot of this worker; no new one goes before them
     */
    Births(
            Attempts attempts,
            Incarnation incarnation,
            Handlers handlers,
            Catalog catalog,
            Tally tally,
            BooleanSupplier othersWait) {
        this.attempts = attempts;
        this.incarnation = incarnation;
        this.handlers = handlers;
        this.catalog = catalog;
        this.tally = tally;
        this.othersWait = othersWait;
    }

    /** Makes room for those of {@code submitted} that may start here; null where there is none. */
    public @Nullable Room reserve(List<Submitted> submitted) {
        var holder = incarnation.present();
        if (holder == null || closed || othersWait.getAsBoolean()) {
            return null;
        }
        var offers =
                handlers.offers(catalog).stream()
                        .filter(offer -> !offer.limited())
                        .collect(Collectors.toMap(Offer::lane, Function.identity()));
        var expected = new HashMap<RunId, Offer>();
        for (var run : submitted.stream().filter(Births::isDue).sorted(IN_TURN).toList()) {
            var offer = offers.get(run.lane());
            if (offer != null) {
                if (!attempts.expect(run.id())) {
                    break;
                }
                expected.put(run.id(), offer);
            }
        }
        return expected.isEmpty() ? null : new Room(holder, expected);
    }

    private static boolean isDue(Submitted run) {
        return run.run().start() instanceof NewRun.Start.Now && run.run().expiresAt() == null;
    }

    /** From now on nothing starts here but what is claimed. */
    void close() {
        closed = true;
    }

    /** Slots that are kept for some runs until it is known which of them were leased. */
    public final class Room {

        private final Holder holder;
        private final Map<RunId, Offer> expected;

        private Room(Holder holder, Map<RunId, Offer> expected) {
            this.holder = holder;
            this.expected = expected;
        }

        /** Who would lease them. */
        public Holder holder() {
            return holder;
        }

        /** The runs, and what would carry each one out. */
        public Map<RunId, Offer> expected() {
            return Collections.unmodifiableMap(expected);
        }

        /**
         * Begins those that were leased, and gives the other slots back. Without this the slots
         * stay taken: it must be said even where the outcome is unknown, with an empty list.
         */
        public void begin(List<Claimed> leased) {
            try {
                if (holder.equals(
                        incarnation.present())) { // Else they are taken from a lost worker.
                    leased.stream().map(attempts::attempt).forEach(this::begin);
                }
            } finally {
                expected.keySet().forEach(attempts::expectNoMore);
                expected.clear();
            }
        }

        private void begin(LiveAttempt attempt) {
            expected.remove(attempt.runId());
            attempts.beginExpected(attempt);
            tally.startedAtOnce.increment();
        }
    }
}
