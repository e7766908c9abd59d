package dev.kedge.engine.keeper;

import dev.kedge.engine.Service;
import dev.kedge.engine.signal.Loop;
import dev.kedge.engine.signal.RunWatch;
import dev.kedge.model.Cause;
import dev.kedge.model.EventId;
import dev.kedge.model.KedgeException;
import dev.kedge.model.NewRun;
import dev.kedge.model.RunId;
import dev.kedge.store.Db;
import dev.kedge.store.EventStore;
import dev.kedge.store.OutboxStore;
import dev.kedge.store.OutboxStore.Kind;
import dev.kedge.store.RunStore;
import dev.kedge.store.Tx;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Does what follows from committed facts: events reach those who wait for them and start runs, the
 * ends of children reach their parents, orphans are asked to stop.
 *
 * <p>An item leaves the outbox in the transaction of its consequences, so it is done once however
 * many relays there are. Locks are taken on active runs first, all at once and in the order of ids.
 */
public final class Relay implements Service {

    private static final System.Logger LOG = System.getLogger(Relay.class.getName());
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int BATCH_MAX = 500;
    private static final int WAITERS_MAX = 5_000;
    private static final int CALLS_MAX = 1_000;
    private static final int LOCK_WAIT_MILLIS = 5_000;
    private static final String ORPHANED = "the run that waited for it ended";

    /** What came of a round, to be told when it is committed. */
    private record Round(int items, Set<Integer> lanes, Set<RunId> changed, boolean orders) {}

    private final Db db;
    private final OutboxStore outbox;
    private final EventStore events;
    private final Cancels cancels;
    private final Routing routing;
    private final RunWatch watch;
    private final Consumer<Set<Integer>> due;
    private final Runnable orders;
    private final Loop loop = new Loop("relay", this::relay);

    /**
     * @param due is called with the lanes in which runs became due
     * @param orders is called when running runs were asked to stop
     */
    public Relay(
            Db db,
            OutboxStore outbox,
            EventStore events,
            Cancels cancels,
            Routing routing,
            RunWatch watch,
            Consumer<Set<Integer>> due,
            Runnable orders) {
        this.db = db;
        this.outbox = outbox;
        this.events = events;
        this.cancels = cancels;
        this.routing = routing;
        this.watch = watch;
        this.due = due;
        this.orders = orders;
    }

    /** There is something to do. */
    public void wake() {
        loop.wake();
    }

    private Duration relay() {
        try {
            return told(round(BATCH_MAX)) == BATCH_MAX ? Duration.ZERO : TURN;
        } catch (KedgeException.Unavailable later) {
            throw later;
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "the outbox is gone through one by one", failed);
            return oneByOne();
        }
    }

    /** One item must not hold up the others: what fails alone goes to the end of the queue. */
    private Duration oneByOne() {
        for (var item = 0; item < BATCH_MAX; item++) {
            try {
                if (told(round(1)) == 0) {
                    return TURN;
                }
            } catch (KedgeException.Unavailable later) {
                throw later;
            } catch (RuntimeException failed) {
                LOG.log(
                        Level.ERROR,
                        "an item of the outbox fails; it is tried again later",
                        failed);
                db.inTransaction(tx -> outbox.put(tx, outbox.take(tx, 1)));
            }
        }
        return TURN;
    }

    private int told(Round round) {
        round.changed().forEach(watch::changed);
        if (!round.lanes().isEmpty()) {
            due.accept(round.lanes());
        }
        if (round.orders()) {
            orders.run();
        }
        return round.items();
    }

    private Round round(int limit) {
        return db.transaction(tx -> {
            tx.lockTimeout(LOCK_WAIT_MILLIS);
            return round(tx, outbox.take(tx, limit));
        });
    }

    private Round round(Tx tx, List<OutboxStore.Item> items) {
        var published = subjects(items, Kind.EVENT).stream().map(EventId::new).toList();
        var ended = subjects(items, Kind.CHILD_ENDED).stream().map(RunId::new).toList();
        var orphans = subjects(items, Kind.ORPHANED).stream().map(RunId::new).toList();
        var lanes = new HashSet<Integer>();
        var changed = new HashSet<RunId>();

        var waiters = published.isEmpty() ? List.<RunId>of() : waiters(tx, published);
        var parents = ended.isEmpty() ? List.<RunId>of() : outbox.parents(tx, ended);
        var touched = new TreeSet<RunId>(waiters);
        touched.addAll(parents);
        touched.addAll(orphans);
        if (!touched.isEmpty()) {
            var held = outbox.hold(tx, List.copyOf(touched));
            var reached = new TreeSet<RunId>();
            if (!waiters.isEmpty()) {
                reached.addAll(events.deliver(tx, published, ids(held)));
            }
            if (!parents.isEmpty()) {
                reached.addAll(outbox.tellParents(tx, ended));
            }
            lanes.addAll(outbox.wake(tx, List.copyOf(reached)));
            changed.addAll(reached);
            var left = held.stream().filter(run -> orphans.contains(run.run())).toList();
            cancels.cancel(tx, left, ORPHANED);
            left.forEach(run -> changed.add(run.run()));
        }
        if (!published.isEmpty()) {
            lanes.addAll(start(tx, published));
        }
        return new Round(items.size(), lanes, changed, !orphans.isEmpty());
    }

    private List<RunId> waiters(Tx tx, List<EventId> published) {
        var waiters = events.waiters(tx, published, WAITERS_MAX);
        if (waiters.size() == WAITERS_MAX) {
            again(tx, published);
        }
        return waiters;
    }

    /** The rest of what these events call for comes in a later round. */
    private void again(Tx tx, List<EventId> published) {
        outbox.put(
                tx,
                published.stream()
                        .map(event -> new OutboxStore.Item(Kind.EVENT, event.value()))
                        .toList());
    }

    private Set<Integer> start(Tx tx, List<EventId> published) {
        var calls = events.calls(tx, published, CALLS_MAX);
        if (calls.size() == CALLS_MAX) {
            again(tx, published);
        }
        var lanes = new HashSet<Integer>();
        for (var call : calls) {
            try {
                var run =
                        routing.prepareTriggered(
                                call.namespace(),
                                NewRun.of(call.job(), call.payload()),
                                Cause.event(call.trigger(), call.event()));
                var answer = new EventStore.Answer(call.event(), call.trigger(), run.id());
                if (!events.answer(tx, List.of(answer)).isEmpty()) {
                    routing.writeTriggered(tx, call.namespace(), List.of(run));
                    lanes.add(run.lane());
                }
            } catch (KedgeException.NotFound | KedgeException.Conflict refused) {
                LOG.log(Level.INFO, "an event starts no run: {0}", refused.getMessage());
            }
        }
        return lanes;
    }

    private static List<UUID> subjects(List<OutboxStore.Item> items, Kind kind) {
        return items.stream()
                .filter(item -> item.kind() == kind)
                .map(OutboxStore.Item::subject)
                .toList();
    }

    private static List<RunId> ids(List<RunStore.Locked> held) {
        return held.stream().map(RunStore.Locked::run).toList();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop(Duration grace) {
        loop.stop(grace);
    }
}
