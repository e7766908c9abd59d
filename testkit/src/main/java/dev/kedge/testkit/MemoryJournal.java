package dev.kedge.testkit;

import dev.kedge.engine.Journal;
import dev.kedge.model.Entry;
import dev.kedge.model.EntryKind;
import dev.kedge.model.Failure;
import dev.kedge.model.NewRun;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A journal that lives as long as its test. It keeps to the rules of the real one; events and the
 * ends of children come from the test. For use by any thread.
 */
public final class MemoryJournal implements Journal {

    /** An event that the run emitted. */
    public record Emitted(Topic topic, Payload payload) {}

    private static final class Open {
        private final OpenWait wait;
        private final Instant since;
        private final @Nullable NewRun child;
        private @Nullable Payload output;
        private @Nullable Failure failure;

        private Open(OpenWait wait, Instant since, @Nullable NewRun child) {
            this.wait = wait;
            this.since = since;
            this.child = child;
        }
    }

    private final InstantSource clock;
    // All guarded by this.
    private final Map<Path, Entry> entries = new LinkedHashMap<>();
    private final TreeMap<Integer, Path> history = new TreeMap<>();
    private final Map<Path, Open> waits = new LinkedHashMap<>();
    private final Map<String, Payload> state = new TreeMap<>();
    private final List<Emitted> emitted = new ArrayList<>();
    private int lastPosition;
    private int attempt = 1;

    public MemoryJournal(InstantSource clock) {
        this.clock = clock;
    }

    /** What was recorded, in the order of positions; what was reopened comes last. */
    public synchronized List<Entry> entries() {
        return entries.values().stream()
                .sorted(
                        Comparator.comparing(
                                Entry::position, Comparator.nullsLast(Comparator.naturalOrder())))
                .toList();
    }

    /** What the run emitted, in order. */
    public synchronized List<Emitted> emitted() {
        return List.copyOf(emitted);
    }

    /** The runs that the run waits for. */
    public synchronized List<NewRun> children() {
        return waits.values().stream().map(open -> open.child).filter(Objects::nonNull).toList();
    }

    /**
     * Publishes an event to the run: every wait for its topic is over. What the wait would match is
     * not looked at.
     */
    public synchronized void publish(Topic topic, Payload payload) {
        var event =
                "{\"id\":\"%s\",\"topic\":\"%s\",\"publishedAt\":\"%s\",\"payload\":%s}"
                        .formatted(UUID.randomUUID(), topic, clock.instant(), payload.text());
        for (var open : waits.values()) {
            if (topic.equals(open.wait.topic())) {
                open.output = Payload.ofJson(event);
            }
        }
    }

    /** Ends the children that the run waits for, each with what {@code result} gives. */
    public synchronized void endChildren(Function<NewRun, Payload> result) {
        for (var open : waits.values()) {
            if (open.child != null) {
                open.output = result.apply(open.child);
            }
        }
    }

    /** Ends the children that the run waits for as failed. */
    public synchronized void failChildren(String message) {
        for (var open : waits.values()) {
            if (open.child != null) {
                open.failure = Failure.of(Failure.Code.CHILD_FAILED, message);
            }
        }
    }

    synchronized void beginAttempt(int number) {
        attempt = number;
    }

    @Override
    public synchronized Contents contents() {
        return new Contents(
                history.size(),
                lastPosition,
                waits.values().stream().map(this::asItStands).toList());
    }

    @Override
    public synchronized List<Entry> after(int position, int limit) {
        return history.tailMap(position, false).values().stream()
                .limit(limit)
                .map(path -> Objects.requireNonNull(entries.get(path)))
                .toList();
    }

    @Override
    public synchronized int complete(
            Path path, int seen, int tries, Duration took, Payload output) {
        return record(path, EntryKind.STEP, seen, tries, output, null);
    }

    @Override
    public synchronized int fail(Path path, int seen, int tries, Duration took, Failure failure) {
        return record(path, EntryKind.STEP, seen, tries, null, failure);
    }

    private int record(
            Path path,
            EntryKind kind,
            int seen,
            int tries,
            @Nullable Payload output,
            @Nullable Failure failure) {
        lastPosition++;
        var before = entries.get(path);
        put(
                path,
                new Entry(
                        path,
                        kind,
                        lastPosition,
                        seen,
                        attempt,
                        before == null ? tries : before.tries() + tries,
                        output,
                        failure,
                        clock.instant(),
                        clock.instant()));
        return lastPosition;
    }

    private void put(Path path, Entry entry) {
        entries.put(path, entry);
        history.put(lastPosition, path);
    }

    @Override
    public synchronized void reopen(Collection<Path> failed) {
        history.values().removeAll(failed);
        for (var path : failed) {
            entries.computeIfPresent(
                    path,
                    (_, entry) ->
                            new Entry(
                                    path,
                                    entry.kind(),
                                    null,
                                    entry.seen(),
                                    entry.attempt(),
                                    entry.tries(),
                                    entry.output(),
                                    entry.failure(),
                                    entry.startedAt(),
                                    entry.endedAt()));
        }
    }

    @Override
    public synchronized OpenWait open(Path path, int seen, Wait wait) {
        return asItStands(
                waits.computeIfAbsent(
                        path,
                        _ ->
                                new Open(
                                        new OpenWait(
                                                path,
                                                wait.kind(),
                                                seen,
                                                false,
                                                wakeAt(wait),
                                                topic(wait),
                                                child(wait) == null
                                                        ? null
                                                        : new RunId(UUID.randomUUID())),
                                        clock.instant(),
                                        child(wait))));
    }

    private @Nullable Instant wakeAt(Wait wait) {
        return switch (wait) {
            case Wait.For(var duration) -> clock.instant().plus(duration);
            case Wait.Until(var time) -> time;
            case Wait.ForEvent(_, _, var timeout) ->
                    timeout == null ? null : clock.instant().plus(timeout);
            case Wait.ForChild _ -> null;
        };
    }

    private static @Nullable Topic topic(Wait wait) {
        return wait instanceof Wait.ForEvent(var topic, _, _) ? topic : null;
    }

    private static @Nullable NewRun child(Wait wait) {
        return wait instanceof Wait.ForChild(var child) ? child : null;
    }

    private OpenWait asItStands(Open open) {
        var wait = open.wait;
        return new OpenWait(
                wait.path(),
                wait.kind(),
                wait.seen(),
                isOver(open),
                wait.wakeAt(),
                wait.topic(),
                wait.child());
    }

    private boolean isOver(Open open) {
        var wakeAt = open.wait.wakeAt();
        return open.output != null
                || open.failure != null
                || (wakeAt != null && !clock.instant().isBefore(wakeAt));
    }

    @Override
    public synchronized Optional<Entry> resolve(Path path) {
        var open = waits.get(path);
        if (open == null || !isOver(open)) {
            return Optional.empty();
        }
        waits.remove(path);
        var output = open.failure == null && open.output == null ? Payload.NULL : open.output;
        lastPosition++;
        var entry =
                new Entry(
                        path,
                        open.wait.kind(),
                        lastPosition,
                        open.wait.seen(),
                        attempt,
                        1,
                        output,
                        open.failure,
                        open.since,
                        clock.instant());
        put(path, entry);
        return Optional.of(entry);
    }

    @Override
    public synchronized int emit(Path path, int seen, Topic topic, Payload payload) {
        emitted.add(new Emitted(topic, payload));
        return record(path, EntryKind.EMIT, seen, 1, Payload.NULL, null);
    }

    @Override
    public synchronized Map<String, Payload> state() {
        return Map.copyOf(state);
    }

    @Override
    public synchronized void state(String key, @Nullable Payload value) {
        if (value == null) {
            state.remove(key);
        } else {
            state.put(key, value);
        }
    }
}
