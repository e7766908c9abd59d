package dev.kedge.engine;

import dev.kedge.model.KedgeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The lines of a handler's code that go on side by side. */
final class Branches {

    /** How many branches one {@code all} may begin. */
    private static final int MAX = 10_000;

    private static final ScopedValue<Branch> CURRENT = ScopedValue.newInstance();

    private final Replay replay;
    private final Branch root = new Branch();

    Branches(Replay replay) {
        this.replay = replay;
    }

    Branch root() {
        return root;
    }

    Branch current() {
        return CURRENT.isBound() ? CURRENT.get() : root;
    }

    /** One branch under way. Its thread writes; the one that joins it reads afterwards. */
    private static final class Line {
        private final Branch branch = new Branch();
        private @Nullable Thread thread;
        private @Nullable Object result;
        private @Nullable Throwable thrown;
    }

    /** Carries out {@code bodies} side by side; returns when the last one has ended. */
    <T> List<T> all(List<? extends Supplier<? extends T>> bodies) {
        if (bodies.size() > MAX) {
            throw new KedgeException.Invalid(
                    "all", "at most %d branches, got %d".formatted(MAX, bodies.size()));
        }
        if (bodies.isEmpty()) {
            return List.of();
        }
        var fork = replay.fork(bodies.size());
        var lines = bodies.stream().map(body -> begin(fork, body)).toList();
        var interrupted = join(lines);
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the attempt was stopped");
        }
        return resultsOf(lines);
    }

    private Line begin(Replay.Fork fork, Supplier<?> body) {
        var line = new Line();
        line.thread =
                Thread.ofVirtual()
                        .name("kedge-branch")
                        .start(() ->
                                ScopedValue.where(CURRENT, line.branch)
                                        .run(() -> go(fork, line, body)));
        return line;
    }

    private void go(Replay.Fork fork, Line line, Supplier<?> body) {
        try {
            line.result = body.get();
        } catch (Throwable thrown) { // The border to user code.
            line.thrown = thrown;
        } finally {
            replay.ended(fork);
        }
    }

    /** Waits for all; an interrupt is passed on. */
    private static boolean join(List<Line> lines) {
        var interrupted = false;
        for (var line : lines) {
            var thread = Objects.requireNonNull(line.thread);
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException stop) {
                    interrupted = true;
                    lines.forEach(other -> Objects.requireNonNull(other.thread).interrupt());
                }
            }
        }
        return interrupted;
    }

    /**
     * A failure counts before a sleep: the code may answer it. Where the attempt is over for
     * another reason, that counts before everything.
     */
    @SuppressWarnings("unchecked") // Each line came to what its body, a supplier of T, returned.
    private <T> List<T> resultsOf(List<Line> lines) {
        lines.forEach(line -> line.branch.joinedBy(current()));
        throwFirst(
                lines.stream()
                        .map(line -> line.thrown)
                        .filter(thrown ->
                                thrown instanceof AttemptOver
                                        && !(thrown instanceof AttemptOver.Suspended))
                        .toList());
        throwFirst(
                lines.stream()
                        .filter(line -> !line.branch.isParked())
                        .map(line -> line.thrown)
                        .filter(Objects::nonNull)
                        .toList());
        if (lines.stream().anyMatch(line -> line.branch.isParked())) {
            current().park();
            throw new AttemptOver.Suspended();
        }
        var results = new ArrayList<@Nullable Object>();
        lines.forEach(line -> results.add(line.result));
        return (List<T>) results;
    }

    @SuppressWarnings("ReferenceEquality") // Nothing may suppress itself.
    private static void throwFirst(List<? extends @Nullable Throwable> thrown) {
        if (thrown.isEmpty()) {
            return;
        }
        var first = Objects.requireNonNull(thrown.getFirst());
        thrown.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        switch (first) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new IllegalStateException(first);
        }
    }
}
