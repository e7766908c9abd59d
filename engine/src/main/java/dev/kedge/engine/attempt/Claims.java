package dev.kedge.engine.attempt;

import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.catalog.Handlers;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Lease;
import dev.kedge.model.Transition;
import dev.kedge.model.WorkerId;
import dev.kedge.store.Claimed;
import dev.kedge.store.Db;
import dev.kedge.store.Held;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.LeaseStore.Holder;
import dev.kedge.store.Offer;
import dev.kedge.store.WorkerStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes leases, and keeps what this worker believes to hold in step with what the database says.
 *
 * <p>The mutex covers a claim from before it is sent until its leases are remembered. So a lease
 * that the database shows under it and nobody here remembers is no claim under way, but one whose
 * reply was lost: it is handed back.
 */
final class Claims {

    private static final System.Logger LOG = System.getLogger(Claims.class.getName());

    /** Every so many claims, the oldest runs come first, whatever their priority. */
    private static final int OLDEST_EVERY = 4;

    /** After a claim that somebody else was in the way of; claims take a few milliseconds. */
    private static final Duration SOON = Duration.ofMillis(5);

    private static final int LEASES_READ_MAX = 20_000;

    private final Db db;
    private final LeaseStore leases;
    private final WorkerStore workers;
    private final Incarnation incarnation;
    private final Catalog catalog;
    private final Handlers handlers;
    private final Attempts attempts;
    private final Settler settler;
    private final Consumer<WorkerId> lost;
    private final ReentrantLock mutex = new ReentrantLock();
    private int turn; // guarded by mutex
    private boolean inDoubt; // guarded by mutex
    private String afterKey = ""; // guarded by mutex

    Claims(
            Db db,
            LeaseStore leases,
            WorkerStore workers,
            Incarnation incarnation,
            Catalog catalog,
            Handlers handlers,
            Attempts attempts,
            Settler settler,
            Consumer<WorkerId> lost) {
        this.db = db;
        this.leases = leases;
        this.workers = workers;
        this.incarnation = incarnation;
        this.catalog = catalog;
        this.handlers = handlers;
        this.attempts = attempts;
        this.settler = settler;
        this.lost = lost;
    }

    /**
     * What was leased.
     *
     * @param again when another claim may find more, where that is known; null where it is not
     */
    record Taken(List<LiveAttempt> attempts, @Nullable Duration again) {

        static final Taken NOTHING = new Taken(List.of(), null);
    }

    /** Leases at most {@code limit} runs. */
    Taken take(int limit) {
        mutex.lock();
        try {
            var holder = incarnation.present();
            var offers = handlers.offers(catalog);
            if (holder == null || offers.isEmpty()) {
                return Taken.NOTHING;
            }
            if (inDoubt) {
                settleDoubt(holder);
                return Taken.NOTHING;
            }
            turn++;
            var batch = claim(holder, offers, limit);
            if (batch == null) {
                lost.accept(holder.worker());
                return Taken.NOTHING;
            }
            return new Taken(attempts.remember(batch.runs()), batch.again());
        } finally {
            mutex.unlock();
        }
    }

    /** What some lanes gave, and when they may give more, as far as that is known. */
    private record Batch(List<Claimed> runs, @Nullable Duration again) {

        static final Batch NOTHING = new Batch(List.of(), null);

        Batch and(Batch more) {
            return new Batch(
                    Stream.concat(runs.stream(), more.runs.stream()).toList(),
                    again == null ? more.again : again);
        }
    }

    /** Lanes with and without limits take turns in being first, so that neither starves. */
    private @Nullable Batch claim(Holder holder, List<Offer> offers, int limit) {
        var limitedFirst = turn / OLDEST_EVERY % 2 == 0;
        var first = claim(limitedFirst, holder, offers, limit);
        if (first == null || first.runs().size() == limit) {
            return first;
        }
        var second = claim(!limitedFirst, holder, offers, limit - first.runs().size());
        return second == null ? null : first.and(second);
    }

    private @Nullable Batch claim(boolean limited, Holder holder, List<Offer> offers, int limit) {
        var some = offers.stream().filter(offer -> offer.limited() == limited).toList();
        if (some.isEmpty()) {
            return Batch.NOTHING;
        }
        return limited ? claimLimited(holder, some, limit) : claimFree(holder, some, limit);
    }

    private @Nullable Batch claimFree(Holder holder, List<Offer> offers, int limit) {
        var runs =
                doubting(() ->
                        db.find(tx ->
                                oldestFirst()
                                        ? leases.claimOldest(tx, holder, offers, limit)
                                        : leases.claim(tx, holder, offers, limit)));
        return runs == null ? null : new Batch(runs, null);
    }

    private @Nullable Batch claimLimited(Holder holder, List<Offer> offers, int limit) {
        var claim =
                doubting(() ->
                        db.findInTransaction(tx ->
                                oldestFirst()
                                        ? leases.claimLimitedOldest(
                                                tx, holder, offers, limit, afterKey)
                                        : leases.claimLimited(
                                                tx, holder, offers, limit, afterKey)));
        if (claim == null) {
            return null;
        }
        afterKey = claim.nextKey();
        return new Batch(claim.runs(), claim.skipped() ? SOON : claim.again());
    }

    private boolean oldestFirst() {
        return turn % OLDEST_EVERY == 0;
    }

    private <T> @Nullable T doubting(Supplier<@Nullable T> claim) {
        try {
            return claim.get();
        } catch (KedgeException.Unavailable silent) {
            inDoubt = true; // It may have been committed, and may yet arrive.
            throw silent;
        }
    }

    /**
     * After a claim whose outcome is unknown: a new generation waits for it or voids it, and then
     * whatever it leased is in the database for all to see.
     */
    private void settleDoubt(Holder holder) {
        var gen = db.find(tx -> workers.nextGeneration(tx, holder.worker()));
        if (gen == null) {
            lost.accept(holder.worker());
        } else {
            incarnation.advance(holder.worker(), gen);
            compare(new Holder(holder.worker(), gen));
        }
        inDoubt = false;
    }

    /** Reads what this worker holds: passes on cancels, hands back strangers, drops the lost. */
    void reconcile() {
        mutex.lock();
        try {
            var holder = incarnation.present();
            if (holder != null && inDoubt) {
                settleDoubt(holder);
            } else if (holder != null) {
                compare(holder);
            }
        } finally {
            mutex.unlock();
        }
    }

    /**
     * What is remembered is looked at before the database is: nothing is claimed meanwhile, so what
     * the database then shows beyond it was never heard of here, unless it started here in between,
     * by the commit that stored it. (Looked at afterwards only, every run that ends in between
     * would pass for a stranger.)
     */
    private void compare(Holder holder) {
        var believed = attempts.snapshot();
        var held = db.autocommit(tx -> leases.leasesOf(tx, holder.worker(), LEASES_READ_MAX));
        attempts.obey(held);
        var known = believed.stream().map(LiveAttempt::lease).collect(Collectors.toSet());
        var there = held.stream().map(Held::lease).collect(Collectors.toSet());
        there.stream()
                .filter(lease -> !known.contains(lease) && !attempts.knows(lease))
                .forEach(this::handBack);
        if (held.size() < LEASES_READ_MAX) {
            believed.stream()
                    .filter(attempt -> !there.contains(attempt.lease()))
                    .forEach(attempt -> attempt.stop(new Stop.LeaseLost()));
        }
    }

    private void handBack(Lease stranger) {
        if (settler.settle(stranger, new Transition.HandBack())) {
            LOG.log(Level.INFO, "run {0} was leased here unheard; handed it back", stranger.run());
        }
    }
}
