package dev.kedge.engine;

import dev.kedge.model.Entry;
import dev.kedge.model.EntryKind;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives the records of a journal back to the code that asks for them, in an order that could have
 * been, and notices when code and journal no longer fit. See docs/internals/durable-execution.md.
 *
 * <p>Records are read in pages and dropped once given back, and of names that were used only a hash
 * is kept, so that a long journal needs hardly more memory than a short one. The monitor of this
 * object guards everything; branches of the code that cannot go on wait on it.
 */
final class Replay {

    private static final int PAGE_ENTRIES = 500;
    private static final int ASKED_SHOWN_MAX = 5;

    /** An operation that waits for its turn. */
    private record Asked(Path path, EntryKind kind, String where) {
        @Override
        public String toString() {
            return "%s '%s'%s".formatted(kind.word(), path, where);
        }
    }

    /** Branches that one other waits for. */
    static final class Fork {
        private int underWay; // guarded by the replay

        private Fork(int count) {
            this.underWay = count;
        }
    }

    private final Journal journal;
    private final Map<Path, OpenWait> waits = new HashMap<>();
    private final TreeMap<Integer, Entry> ahead = new TreeMap<>();
    private final Map<Path, Entry> byPath = new HashMap<>();
    private final Fingerprints used;
    private final Set<Asked> asking = new HashSet<>();
    private boolean opened;
    private int left;
    private int lastRead;
    private int seen;
    private int live = 1;
    private AttemptOver.@Nullable Diverged diverged;

    Replay(Journal journal, RandomGenerator random) {
        this.journal = journal;
        this.used = new Fingerprints(random);
    }

    /**
     * The record of an operation; null where there is none, and then every other record has been
     * given back.
     *
     * @throws IllegalStateException the path was used before in this attempt
     */
    synchronized @Nullable Entry recall(Path path, EntryKind kind) throws InterruptedException {
        open();
        if (!used.add(path.value())) {
            throw new IllegalStateException(
                    ("'%s' was used before in this run; give each turn of a loop a key of its own:"
                                    + " Step.named(\"%s\").keyed(i)")
                            .formatted(path, path));
        }
        if (left == 0) {
            return null;
        }
        var recalled = given(path, kind);
        if (recalled == null && left > 0) {
            recalled = inTurn(new Asked(path, kind, callSite()));
        }
        return recalled;
    }

    private @Nullable Entry inTurn(Asked asked) throws InterruptedException {
        asking.add(asked);
        live--;
        try {
            while (true) {
                stopIfStuck();
                if (diverged != null) {
                    throw diverged;
                }
                if (left == 0) {
                    return null;
                }
                var entry = given(asked.path(), asked.kind());
                if (entry != null) {
                    return entry;
                }
                wait();
            }
        } finally {
            live++;
            asking.remove(asked);
        }
    }

    /** Gives a record back if its turn has come. */
    private @Nullable Entry given(Path path, EntryKind kind) {
        readAhead();
        var entry = byPath.get(path);
        if (entry == null || !isInTurn(entry) || entry.kind() != kind) {
            return null;
        }
        var position = position(entry);
        ahead.remove(position);
        byPath.remove(path);
        left--;
        seen = Math.max(seen, position);
        notifyAll();
        return entry;
    }

    private boolean isInTurn(Entry entry) {
        return ahead.firstKey() > entry.seen();
    }

    private void readAhead() {
        while (ahead.size() < left && ahead.size() < PAGE_ENTRIES / 2) {
            for (var entry : journal.after(lastRead, PAGE_ENTRIES)) {
                ahead.put(position(entry), entry);
                byPath.put(entry.path(), entry);
                lastRead = position(entry);
            }
        }
    }

    private void open() {
        if (!opened) {
            opened = true;
            var contents = journal.contents();
            left = contents.entries();
            contents.waits().forEach(wait -> waits.put(wait.path(), wait));
        }
    }

    /** Where nobody can go on and records are left, the code has changed. */
    private void stopIfStuck() {
        if (live == 0 && left > 0 && diverged == null && asking.stream().noneMatch(this::canGoOn)) {
            var came =
                    asking.stream()
                            .limit(ASKED_SHOWN_MAX)
                            .map(Asked::toString)
                            .sorted()
                            .collect(Collectors.joining(", "));
            diverge(came.isEmpty() ? "the code came to an end" : "the code came to " + came);
        }
    }

    private boolean canGoOn(Asked asked) {
        readAhead();
        var entry = byPath.get(asked.path());
        return entry != null && entry.kind() == asked.kind() && isInTurn(entry);
    }

    private void diverge(String came) {
        readAhead();
        var expected = ahead.firstEntry().getValue();
        diverged =
                new AttemptOver.Diverged(
                        ("the code no longer fits what this run has done: %s '%s' (record %d of its"
                                        + " journal) should have come next, but %s. Nothing was carried out"
                                        + " again. Let the code do again what it did, or start a new run")
                                .formatted(
                                        expected.kind().word(),
                                        expected.path(),
                                        position(expected),
                                        came));
        notifyAll();
    }

    /** The wait that was open when the attempt began, if it was. */
    synchronized @Nullable OpenWait openWait(Path path) {
        return waits.remove(path);
    }

    /** The highest position whose result the code was given. */
    synchronized int seen() {
        return seen;
    }

    /** The code was given what was just recorded. */
    synchronized void gave(int position) {
        seen = Math.max(seen, position);
    }

    /** {@code count} branches begin, and the one that began them waits. */
    synchronized Fork fork(int count) {
        live += count - 1;
        return new Fork(count);
    }

    /** A branch came to its end. After the last one, the branch that waits for them goes on. */
    synchronized void ended(Fork fork) {
        fork.underWay--;
        if (fork.underWay > 0) {
            live--;
            stopIfStuck();
        }
    }

    /** The code came to its end. Says why the attempt is over all the same, where it is. */
    synchronized AttemptOver.@Nullable Diverged end() {
        if (opened && left > 0 && diverged == null) {
            diverge("the code came to an end");
        }
        return diverged;
    }

    private static int position(Entry entry) {
        return Objects.requireNonNull(entry.position(), "a record without a position");
    }

    /** The line of user code that called a verb. */
    private static String callSite() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.filter(frame -> !isOurs(frame.getClassName()))
                                .findFirst()
                                .map(frame ->
                                        " at %s.%s (%s:%d)"
                                                .formatted(
                                                        frame.getClassName(),
                                                        frame.getMethodName(),
                                                        frame.getFileName(),
                                                        frame.getLineNumber())))
                .orElse("");
    }

    private static boolean isOurs(String name) {
        return OURS.contains(name.contains("$") ? name.substring(0, name.indexOf('$')) : name);
    }

    private static final Set<String> OURS =
            Set.of(Replay.class, Durable.class, RunContext.class).stream()
                    .map(Class::getName)
                    .collect(Collectors.toUnmodifiableSet());
}
