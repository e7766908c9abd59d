package dev.kedge.engine.journal;

import dev.kedge.engine.Service;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.OpenWait;
import dev.kedge.model.RunId;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.JournalStore;
import dev.kedge.store.JournalStore.Place;
import dev.kedge.store.JournalStore.Resolved;
import dev.kedge.store.RunStore.Submitted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes down what attempts do and wait for. Writes that come at the same time share a commit; each
 * call returns after its own. Journals that are opened at the same time, because their runs woke
 * together, share a round trip.
 */
public final class Scribe implements Service {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_MAX = 2_000;
    private static final int STEP_WRITERS = 2;
    private static final int READERS = 2;
    private static final int OPENED_MAX = 200;

    /** A wait for a child, and the child. */
    record Birth(JournalStore.Opening opening, Namespace namespace, Submitted child) {}

    private final Db db;
    private final JournalStore store;
    private final Children children;
    private final Runnable published;
    private final GroupCommit<JournalStore.Step, Boolean> steps;
    private final GroupCommit<JournalStore.Opening, Optional<OpenWait>> waits;
    private final GroupCommit<Birth, Optional<OpenWait>> births;
    private final GroupCommit<JournalStore.Resolution, Resolved> resolutions;
    private final GroupCommit<JournalStore.Emission, Boolean> emissions;
    private final GroupCommit<JournalStore.StateWrite, Boolean> states;
    private final GroupCommit<RunId, JournalStore.Extent> journals;

    /** Calls {@code published} when events were published. */
    public Scribe(Db db, JournalStore store, Children children, Runnable published) {
        this.db = db;
        this.store = store;
        this.children = children;
        this.published = published;
        steps = shared("step", STEP_WRITERS, this::writeSteps);
        waits = shared("wait", 1, this::openWaits);
        births = shared("child", 1, this::bear);
        resolutions = shared("resolve", 1, this::resolveWaits);
        emissions = shared("emit", 1, this::publish);
        states = shared("state", 1, this::writeStates);
        journals =
                new GroupCommit<>(
                        "journal", READERS, OPENED_MAX, Duration.ZERO, this::openJournals);
    }

    private static <T, R> GroupCommit<T, R> shared(
            String name, int writers, Function<List<T>, List<R>> write) {
        return new GroupCommit<>(name, writers, BATCH_MAX, PATIENCE, write);
    }

    /** How much there is to replay of a run. */
    JournalStore.Extent open(RunId run) {
        return journals.write(run);
    }

    /** False where the lease is lost. */
    boolean record(JournalStore.Step step) {
        return steps.write(step);
    }

    /** Empty where the lease is lost. */
    Optional<OpenWait> open(JournalStore.Opening wait) {
        return waits.write(wait);
    }

    /** Empty where the lease is lost. */
    Optional<OpenWait> open(Birth birth) {
        return births.write(birth);
    }

    Resolved resolve(JournalStore.Resolution resolution) {
        return resolutions.write(resolution);
    }

    /** False where the lease is lost. */
    boolean emit(JournalStore.Emission emission) {
        return emissions.write(emission);
    }

    /** False where the lease is lost. */
    boolean write(JournalStore.StateWrite value) {
        return states.write(value);
    }

    private List<JournalStore.Extent> openJournals(List<RunId> batch) {
        var extents = db.transaction(tx -> store.extents(tx, batch));
        return batch.stream().map(run -> Objects.requireNonNull(extents.get(run))).toList();
    }

    private List<Boolean> writeSteps(List<JournalStore.Step> batch) {
        var recorded = db.autocommit(tx -> store.record(tx, batch));
        return batch.stream().map(step -> recorded.contains(place(step.lease(), step))).toList();
    }

    private static Place place(Lease lease, JournalStore.Step step) {
        return new Place(lease.run(), step.path());
    }

    private List<Optional<OpenWait>> openWaits(List<JournalStore.Opening> batch) {
        return inOrderOf(batch, db.autocommit(tx -> store.open(tx, batch)));
    }

    private static List<Optional<OpenWait>> inOrderOf(
            List<JournalStore.Opening> batch, Map<Place, OpenWait> open) {
        return batch.stream()
                .map(opening ->
                        Optional.ofNullable(
                                open.get(new Place(opening.lease().run(), opening.path()))))
                .toList();
    }

    /** A child is written if and only if the wait for it is new. */
    private List<Optional<OpenWait>> bear(List<Birth> batch) {
        var openings = batch.stream().map(Birth::opening).toList();
        var born = new ArrayList<Submitted>();
        var open =
                db.transaction(tx -> {
                    var waiting = store.open(tx, openings);
                    var byNamespace = new HashMap<Namespace, List<Submitted>>();
                    for (var birth : batch) {
                        var opening = birth.opening();
                        var place = new Place(opening.lease().run(), opening.path());
                        var wait = waiting.get(place);
                        if (wait != null && birth.child().id().equals(wait.child())) {
                            byNamespace
                                    .computeIfAbsent(birth.namespace(), _ -> new ArrayList<>())
                                    .add(birth.child());
                        }
                    }
                    born.clear();
                    byNamespace.forEach((namespace, runs) -> {
                        children.writeChildren(tx, namespace, runs);
                        born.addAll(runs);
                    });
                    return waiting;
                });
        children.announceChildren(born);
        return inOrderOf(openings, open);
    }

    private List<Resolved> resolveWaits(List<JournalStore.Resolution> batch) {
        var answers = db.autocommit(tx -> store.resolve(tx, batch));
        return batch.stream()
                .map(one -> answers.getOrDefault(place(one), new Resolved.Lost()))
                .toList();
    }

    private static Place place(JournalStore.Resolution resolution) {
        return new Place(resolution.lease().run(), resolution.path());
    }

    private List<Boolean> publish(List<JournalStore.Emission> batch) {
        var recorded = db.autocommit(tx -> store.emit(tx, batch));
        published.run();
        return batch.stream()
                .map(one -> recorded.contains(new Place(one.lease().run(), one.path())))
                .toList();
    }

    private List<Boolean> writeStates(List<JournalStore.StateWrite> batch) {
        var held = db.autocommit(tx -> store.writeState(tx, batch));
        return batch.stream().map(value -> held.contains(value.lease().run())).toList();
    }

    private List<GroupCommit<?, ?>> lines() {
        return List.of(steps, waits, births, resolutions, emissions, states, journals);
    }

    @Override
    public void start() {
        lines().forEach(GroupCommit::start);
    }

    @Override
    public void stop(Duration grace) {
        lines().forEach(line -> line.close(grace));
    }
}
