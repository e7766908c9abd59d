package dev.kedge.engine.attempt;

import dev.kedge.engine.Service;
import dev.kedge.engine.catalog.Catalog;
import dev.kedge.engine.journal.LeasedJournal;
import dev.kedge.engine.secrets.AttemptSecrets;
import dev.kedge.engine.signal.Loop;
import dev.kedge.model.Failure;
import dev.kedge.model.Lease;
import dev.kedge.model.Outcome;
import dev.kedge.model.RunId;
import dev.kedge.store.Claimed;
import dev.kedge.store.Held;
import dev.kedge.store.LeaseStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The attempts that this worker has under way, and the slots they take. */
public final class Attempts implements Service {

    private static final System.Logger LOG = System.getLogger(Attempts.class.getName());
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration STUCK_PATIENCE = Duration.ofSeconds(5);

    private final int slotCount;
    private volatile int reserved; // written by the one that claims
    private final Semaphore slots;
    private final AtomicInteger busy = new AtomicInteger(); // of them, without the reserved ones

    /** How far handlers may run ahead of their verdicts; beyond it their slots stay taken. */
    private final Semaphore unsettled = new Semaphore(LeaseStore.UNSETTLED_MAX);

    private final Catalog catalog;
    private final Reports reports;
    private final AttemptRunner runner;
    private final LeasedJournal.Parts journals;
    private final AttemptSecrets.Sources secrets;
    private final Runnable slotFreed;
    private final ConcurrentMap<RunId, LiveAttempt> live = new ConcurrentHashMap<>();

    /** Runs that may be leased here at any moment, by a commit of which no answer came yet. */
    private final Set<RunId> expected = ConcurrentHashMap.newKeySet();

    private final Loop limits = new Loop("limits", this::checkLimits);

    Attempts(
            int slotCount,
            Catalog catalog,
            Reports reports,
            AttemptRunner runner,
            LeasedJournal.Parts journals,
            AttemptSecrets.Sources secrets,
            Runnable slotFreed) {
        this.slotCount = slotCount;
        this.slots = new Semaphore(slotCount);
        this.catalog = catalog;
        this.reports = reports;
        this.runner = runner;
        this.journals = journals;
        this.secrets = secrets;
        this.slotFreed = slotFreed;
    }

    /** Takes every free slot but {@code left}; those not used must be given back. */
    int reserveSlotsBut(int left) {
        var free = slots.drainPermits();
        var kept = Math.min(left, free);
        slots.release(kept);
        reserved = free - kept;
        return reserved;
    }

    void giveBackSlots(int unused) {
        reserved = 0;
        slots.release(unused);
    }

    /** Takes a slot for a run that the commit which stores it may lease to this worker. */
    boolean expect(RunId run) {
        if (!slots.tryAcquire()) {
            return false;
        }
        expected.add(run);
        return true;
    }

    /** An expected run was leased: from now on it is one of those under way. */
    void beginExpected(LiveAttempt attempt) {
        live.put(attempt.runId(), attempt); // First, so that the lease is known all the time.
        expected.remove(attempt.runId());
        begin(attempt);
    }

    /** An expected run was not leased, or not as far as this worker knows. */
    void expectNoMore(RunId run) {
        expected.remove(run);
        slots.release();
    }

    /** Whether {@code lease} is one of those under way here, or one that was about to be. */
    boolean knows(Lease lease) {
        if (expected.contains(lease.run())) { // First: from here it moves on to those under way.
            return true;
        }
        var attempt = live.get(lease.run());
        return attempt != null && attempt.lease().equals(lease);
    }

    public int slotsTotal() {
        return slotCount;
    }

    public int slotsBusy() {
        return busy.get();
    }

    /** Counts slots that a claim under way may fill: who asks is heard by the next one. */
    boolean hasFreeSlot() {
        return slots.availablePermits() + reserved > 0;
    }

    /** Remembers leases at once, before their attempts begin. */
    List<LiveAttempt> remember(List<Claimed> claimed) {
        // All or none: what is remembered and never begun would be held for ever.
        var attempts = claimed.stream().map(this::attempt).toList();
        attempts.forEach(attempt -> live.put(attempt.runId(), attempt));
        return attempts;
    }

    LiveAttempt attempt(Claimed claimed) {
        var known = catalog.find(claimed.namespace(), claimed.job());
        if (known == null) {
            throw new IllegalStateException("claimed a run of the unknown job " + claimed.job());
        }
        return new LiveAttempt(claimed, known.job(), reports, journals, secrets);
    }

    /** Carries out an attempt on a thread of its own; its slot is free when its handler is done. */
    void begin(LiveAttempt attempt) {
        busy.incrementAndGet();
        Thread.ofVirtual().name("kedge-run-" + attempt.runId()).start(() -> carryOut(attempt));
    }

    private void carryOut(LiveAttempt attempt) {
        Outcome said =
                new Outcome.Failed(Failure.of(Failure.Code.HANDLER_FAILED, "ended without a word"));
        try {
            said = runner.perform(attempt);
        } finally {
            unsettled.acquireUninterruptibly();
            busy.decrementAndGet();
            slots.release();
            slotFreed.run();
            concludeInTurn(attempt, said);
        }
    }

    private void concludeInTurn(LiveAttempt attempt, Outcome said) {
        try {
            conclude(attempt, said);
        } finally {
            unsettled.release();
        }
    }

    private void conclude(LiveAttempt attempt, Outcome said) {
        var end = attempt.end();
        if (!end.first()) {
            return; // It was given up before; until that is written, the lease is known here.
        }
        try {
            runner.conclude(attempt, end, said);
        } finally {
            live.remove(attempt.runId(), attempt);
        }
    }

    private Duration checkLimits() {
        for (var attempt : live.values()) {
            attempt.checkLimits();
            if (attempt.isStuck(STUCK_PATIENCE)) {
                LOG.log(Level.WARNING, "{0}: its handler ignores interrupts", attempt);
                // Its slot stays taken for as long as its code runs; its run need not wait for
                // that.
                Thread.startVirtualThread(() -> conclude(attempt, new Outcome.HandedBack()));
            }
        }
        return BETWEEN_LOOKS;
    }

    /** Passes on what others asked of runs that are under way here. */
    void obey(Collection<Held> held) {
        for (var there : held) {
            var attempt = live.get(there.lease().run());
            if (attempt != null && there.cancelledBy() != null) {
                attempt.cancel(there.cancelledBy());
            }
        }
    }

    /** A look at what was under way at one moment. */
    List<LiveAttempt> snapshot() {
        return List.copyOf(live.values());
    }

    /** Ends everything under the leases of a worker that was declared lost. */
    public void abandonAll() {
        live.values().forEach(attempt -> attempt.stop(new Stop.LeaseLost()));
    }

    /** Waits until nothing is under way, for at most {@code grace}; says whether that came true. */
    public boolean awaitIdle(Duration grace) throws InterruptedException {
        var until = System.nanoTime() + grace.toNanos();
        while (!live.isEmpty() || !expected.isEmpty()) {
            if (System.nanoTime() > until) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return true;
    }

    /** Gives back what is still under way. */
    public void handBackAll() {
        live.values().forEach(attempt -> attempt.stop(new Stop.HandedBack()));
    }

    @Override
    public void start() {
        limits.start();
    }

    @Override
    public void stop(Duration grace) {
        limits.stop(grace);
    }
}
