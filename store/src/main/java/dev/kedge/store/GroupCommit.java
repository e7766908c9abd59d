package dev.kedge.store;

import static java.util.Objects.requireNonNull;

import dev.kedge.model.KedgeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets writes that arrive while a commit is under way share the next one.
 *
 * <p>Callers put what they want written on a bounded queue and wait. Writers take all that is
 * there, write it in one transaction, and answer everybody. There is no timer: one caller pays for
 * one commit at once, a thousand share one. A call returns only after its own commit.
 *
 * <p>A batch that fails is split in two and tried again, until the guilty item stands alone: only
 * its caller sees the error. A batch whose outcome is unknown, because the database did not answer,
 * is written again for a while, so {@code write} must be idempotent.
 */
public final class GroupCommit<T, R> implements AutoCloseable {

    private static final int WAITING_MAX = 20_000;
    private static final int RETRY_PAUSE_MILLIS_MAX = 1_000;

    /** What is to be written, and who waits for it; without a value, the last one. */
    private record Item<T, R>(@Nullable T value, CompletableFuture<R> answer) {}

    private final Function<List<T>, List<R>> write;
    private final int batchMax;
    private final Duration patience;
    private final BlockingQueue<Item<T, R>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Thread> writers = new ArrayList<>();

    /** Stands behind all there is to write. A writer that meets it leaves it to the next one. */
    private final Item<T, R> last = new Item<>(null, new CompletableFuture<>());

    private volatile boolean closing;

    /**
     * @param write writes a batch in one transaction, and answers each item in order
     * @param patience for how long a database that does not answer is tried again
     */
    public GroupCommit(
            String name,
            int writerCount,
            int batchMax,
            Duration patience,
            Function<List<T>, List<R>> write) {
        this.write = write;
        this.batchMax = batchMax;
        this.patience = patience;
        for (var i = 1; i <= writerCount; i++) {
            writers.add(
                    Thread.ofPlatform()
                            .name("kedge-" + name + "-" + i)
                            .daemon()
                            .unstarted(this::writeBatches));
        }
    }

    public void start() {
        writers.forEach(Thread::start);
    }

    /** Writes {@code value}; returns once it is committed. */
    public R write(T value) {
        return await(submit(value));
    }

    /** Hands {@code value} over; the answer completes once it is committed. */
    public CompletableFuture<R> submit(T value) {
        if (closing) {
            throw shuttingDown();
        }
        var item = new Item<T, R>(value, new CompletableFuture<>());
        try {
            // Where there is room, a caller who was interrupted is heard like any other.
            if (!waiting.offer(item)
                    && !waiting.offer(item, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KedgeException.Unavailable("too many writes are waiting", null);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KedgeException.Unavailable("interrupted", interrupted);
        }
        if (closing && waiting.remove(item)) {
            throw shuttingDown(); // The writers may have left without seeing it.
        }
        return item.answer();
    }

    private static KedgeException shuttingDown() {
        return new KedgeException.Unavailable("shutting down", null);
    }

    /** Waits for an answer, and throws what was thrown for it. */
    public static <R> R await(CompletableFuture<R> answer) {
        var interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException tooLate) {
                    interrupted = true; // The write is under way; its outcome must be known.
                }
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KedgeException refusal
                    ? refusal
                    : new KedgeException.Internal("a write failed", failed.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void writeBatches() {
        var batch = new ArrayList<Item<T, R>>();
        try {
            var isLast = false;
            while (!isLast) {
                batch.add(waiting.take());
                waiting.drainTo(batch, batchMax - 1);
                isLast = closing && batch.remove(last);
                if (!batch.isEmpty()) {
                    settle(List.copyOf(batch));
                    batch.clear();
                }
            }
            waiting.put(last);
        } catch (InterruptedException stop) {
            batch.forEach(item -> item.answer().completeExceptionally(shuttingDown()));
        }
    }

    private void settle(List<Item<T, R>> batch) throws InterruptedException {
        var giveUpAt = System.nanoTime() + patience.toNanos();
        var pause = 10L;
        while (true) {
            try {
                var answers =
                        write.apply(
                                batch.stream().map(item -> requireNonNull(item.value())).toList());
                for (var i = 0; i < batch.size(); i++) {
                    batch.get(i).answer().complete(answers.get(i));
                }
                return;
            } catch (KedgeException.Unavailable silent) {
                if (System.nanoTime() > giveUpAt) {
                    batch.forEach(item -> item.answer().completeExceptionally(silent));
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(2 * pause, RETRY_PAUSE_MILLIS_MAX);
            } catch (RuntimeException | Error refused) { // Whatever it is: the guilty hear it.
                if (batch.size() == 1) {
                    batch.getFirst().answer().completeExceptionally(refused);
                } else {
                    settle(batch.subList(0, batch.size() / 2));
                    settle(batch.subList(batch.size() / 2, batch.size()));
                }
                return;
            }
        }
    }

    /** Writes what is waiting, then ends. */
    @Override
    public void close() {
        close(patience);
    }

    /** Writes what is waiting, for at most {@code grace}; the rest is refused. Then ends. */
    public void close(Duration grace) {
        closing = true;
        var until = System.nanoTime() + grace.toNanos();
        try {
            waiting.offer(last, grace.toNanos(), TimeUnit.NANOSECONDS); // Else nobody is idle.
            for (var writer : writers) {
                if (writer.isAlive()) {
                    writer.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
                }
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        writers.forEach(Thread::interrupt);
        var unwritten = new ArrayList<Item<T, R>>();
        waiting.drainTo(unwritten);
        unwritten.forEach(item -> item.answer().completeExceptionally(shuttingDown()));
    }
}
