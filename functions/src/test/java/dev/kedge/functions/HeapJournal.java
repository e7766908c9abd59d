package dev.kedge.functions;

import dev.kedge.engine.Journal;
import dev.kedge.model.Entry;
import dev.kedge.model.EntryKind;
import dev.kedge.model.Failure;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A journal in memory, with time by hand. */
class HeapJournal implements Journal {

    private final TreeMap<Integer, Entry> entries = new TreeMap<>();
    private final Map<Path, OpenWait> waits = new LinkedHashMap<>();
    private final Map<Path, Wait> asked = new LinkedHashMap<>();
    private final Map<Path, Payload> answers = new LinkedHashMap<>();
    private final Map<String, Payload> state = new TreeMap<>();
    private int last;

    synchronized List<String> paths() {
        return entries.values().stream().map(entry -> entry.path().value()).toList();
    }

    synchronized List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    /** Ends a wait, whatever it is for. */
    synchronized void over(String path, String json) {
        answers.put(new Path(path), Payload.ofJson(json));
    }

    synchronized Wait wait(String path) {
        var wait = asked.get(new Path(path));
        if (wait == null) {
            throw new AssertionError("nobody waits for " + path + ", but for " + asked.keySet());
        }
        return wait;
    }

    @Override
    public synchronized Contents contents() {
        return new Contents(
                entries.size(), last, waits.values().stream().map(this::asItStands).toList());
    }

    private OpenWait asItStands(OpenWait wait) {
        return new OpenWait(
                wait.path(),
                wait.kind(),
                wait.seen(),
                answers.containsKey(wait.path()),
                wait.wakeAt(),
                wait.topic(),
                wait.child());
    }

    @Override
    public synchronized List<Entry> after(int position, int limit) {
        return entries.tailMap(position, false).values().stream().limit(limit).toList();
    }

    @Override
    public synchronized int complete(
            Path path, int seen, int tries, Duration took, Payload output) {
        return add(path, EntryKind.STEP, seen, tries, output, null);
    }

    @Override
    public synchronized int fail(Path path, int seen, int tries, Duration took, Failure failure) {
        return add(path, EntryKind.STEP, seen, tries, null, failure);
    }

    @Override
    public synchronized void reopen(Collection<Path> failed) {
        entries.values().removeIf(entry -> failed.contains(entry.path()));
    }

    @Override
    public synchronized OpenWait open(Path path, int seen, Wait wait) {
        asked.put(path, wait);
        return asItStands(
                waits.computeIfAbsent(
                        path, _ -> new OpenWait(path, wait.kind(), seen, false, null, null, null)));
    }

    @Override
    public synchronized Optional<Entry> resolve(Path path) {
        var answer = answers.get(path);
        var wait = waits.get(path);
        if (answer == null || wait == null) {
            return Optional.empty();
        }
        waits.remove(path);
        add(path, wait.kind(), wait.seen(), 1, answer, null);
        return Optional.of(entries.lastEntry().getValue());
    }

    @Override
    public synchronized int emit(Path path, int seen, Topic topic, Payload payload) {
        return add(path, EntryKind.EMIT, seen, 1, payload, null);
    }

    @Override
    public synchronized Map<String, Payload> state() {
        return new TreeMap<>(state);
    }

    @Override
    public synchronized void state(String key, @Nullable Payload value) {
        if (value == null) {
            state.remove(key);
        } else {
            state.put(key, value);
        }
    }

    private int add(
            Path path,
            EntryKind kind,
            int seen,
            int tries,
            @Nullable Payload output,
            @Nullable Failure failure) {
        last++;
        entries.put(
                last,
                new Entry(
                        path,
                        kind,
                        last,
                        seen,
                        1,
                        tries,
                        output,
                        failure,
                        Instant.EPOCH,
                        Instant.EPOCH));
        return last;
    }
}
