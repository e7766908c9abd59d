package dev.kedge.engine.journal;

import dev.kedge.engine.Journal;
import dev.kedge.model.Entry;
import dev.kedge.model.EventId;
import dev.kedge.model.Failure;
import dev.kedge.model.Identity;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import dev.kedge.store.Claimed;
import dev.kedge.store.Db;
import dev.kedge.store.JournalStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run's journal in the database, written under one lease. For use by any thread. */
public final class LeasedJournal implements Journal {

    /** What every journal of an engine is made of. */
    public record Parts(
            Db db, JournalStore store, Scribe scribe, Children children, Supplier<UUID> ids) {}

    private final Parts parts;
    private final Lease lease;
    private final Namespace namespace;
    private final @Nullable Identity submitter;
    private final boolean replays;
    private final Consumer<KedgeException> unwritable;
    private @Nullable Contents contents; // guarded by this
    private int lastPosition; // guarded by this
    private int entries; // guarded by this

    /**
     * @param unwritable is told when nothing can be written any more: the lease is lost, or the
     *     database does not answer
     */
    public LeasedJournal(Parts parts, Claimed claimed, Consumer<KedgeException> unwritable) {
        this.parts = parts;
        this.lease = claimed.lease();
        this.namespace = claimed.namespace();
        this.submitter = claimed.submitter();
        this.replays = claimed.replays();
        this.unwritable = unwritable;
    }

    @Override
    public synchronized Contents contents() {
        if (contents == null) {
            contents = replays ? asking(this::read) : Contents.NONE;
            lastPosition = contents.lastPosition();
            entries = contents.entries() + contents.waits().size();
        }
        return contents;
    }

    private Contents read() {
        var extent = parts.scribe().open(lease.run());
        return new Contents(extent.entries(), extent.lastPosition(), extent.waits());
    }

    /** The position for a record to come. A number that is not used leaves a gap, which is fine. */
    private synchronized int next() {
        contents();
        return ++lastPosition;
    }

    /** One record or wait more; a wait that becomes a record counts once. */
    private synchronized void count() {
        contents();
        if (entries >= ENTRIES_MAX) {
            throw new KedgeException.Invalid(
                    "step",
                    ("a run may have at most %d steps and waits; split the work into runs"
                                    + " of its own")
                            .formatted(ENTRIES_MAX));
        }
        entries++;
    }

    @Override
    public List<Entry> after(int position, int limit) {
        return asking(() ->
                parts.db().autocommit(tx -> parts.store().page(tx, lease.run(), position, limit)));
    }

    @Override
    public int complete(Path path, int seen, int tries, Duration took, Payload output) {
        return record(path, seen, tries, took, output, null);
    }

    @Override
    public int fail(Path path, int seen, int tries, Duration took, Failure failure) {
        return record(path, seen, tries, took, null, failure);
    }

    private int record(
            Path path,
            int seen,
            int tries,
            Duration took,
            @Nullable Payload output,
            @Nullable Failure failure) {
        count();
        var position = next();
        var step = new JournalStore.Step(lease, path, position, seen, tries, took, output, failure);
        held(asking(() -> parts.scribe().record(step)));
        return position;
    }

    @Override
    public void reopen(Collection<Path> failed) {
        var paths = List.copyOf(failed);
        held(asking(() -> parts.db().autocommit(tx -> parts.store().reopen(tx, lease, paths))));
    }

    @Override
    public OpenWait open(Path path, int seen, Wait wait) {
        count();
        var open =
                switch (wait) {
                    case Wait.ForChild(var child) -> {
                        var born =
                                parts.children()
                                        .prepareChild(namespace, child, lease.run(), submitter);
                        var opening = new JournalStore.Opening(lease, path, seen, wait, born.id());
                        yield asking(() ->
                                parts.scribe().open(new Scribe.Birth(opening, namespace, born)));
                    }
                    case Wait.For _, Wait.Until _, Wait.ForEvent _ -> {
                        var opening = new JournalStore.Opening(lease, path, seen, wait, null);
                        yield asking(() -> parts.scribe().open(opening));
                    }
                };
        return open.orElseThrow(this::lost);
    }

    @Override
    public Optional<Entry> resolve(Path path) {
        var resolution = new JournalStore.Resolution(lease, path, next());
        return switch (asking(() -> parts.scribe().resolve(resolution))) {
            case JournalStore.Resolved.Recorded(var entry) -> Optional.of(entry);
            case JournalStore.Resolved.NotYet() -> Optional.empty();
            case JournalStore.Resolved.Lost() -> throw lost();
        };
    }

    @Override
    public int emit(Path path, int seen, Topic topic, Payload payload) {
        count();
        var position = next();
        var event = new EventId(parts.ids().get());
        var emission =
                new JournalStore.Emission(lease, path, position, seen, event, topic, payload);
        held(asking(() -> parts.scribe().emit(emission)));
        return position;
    }

    @Override
    public Map<String, Payload> state() {
        if (!replays) {
            return Map.of();
        }
        return asking(() -> parts.db().autocommit(tx -> parts.store().state(tx, lease.run())))
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().value()));
    }

    @Override
    public void state(String key, @Nullable Payload value) {
        held(asking(() -> parts.scribe().write(new JournalStore.StateWrite(lease, key, value))));
    }

    private void held(boolean written) {
        if (!written) {
            throw lost();
        }
    }

    private KedgeException.LeaseLost lost() {
        var lost = new KedgeException.LeaseLost(lease);
        unwritable.accept(lost);
        return lost;
    }

    /** A database that does not answer ends the attempt. */
    private <R> R asking(Supplier<R> question) {
        try {
            return question.get();
        } catch (KedgeException.Unavailable silent) {
            unwritable.accept(silent);
            throw silent;
        }
    }
}
