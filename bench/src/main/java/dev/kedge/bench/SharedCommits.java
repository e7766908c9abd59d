package dev.kedge.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Single calls that share commits: each writer takes all that waits, writes it, answers. */
final class SharedCommits {

    private static final int WAITING_MAX = 20_000;
    private static final int BATCH_MAX = 2_000;

    private record Call(int number, CompletableFuture<Boolean> committed) {}

    private final BlockingQueue<Call> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Thread> writers;
    private final Runnable written;

    SharedCommits(List<RawConnection> connections, Runnable written) {
        this.written = written;
        this.writers =
                connections.stream()
                        .map(connection ->
                                Thread.ofPlatform()
                                        .name("raw-writer")
                                        .daemon()
                                        .unstarted(() -> write(connection)))
                        .toList();
    }

    void start() {
        writers.forEach(Thread::start);
    }

    /** Returns once the run of that number is committed. */
    void write(int number) throws InterruptedException {
        var call = new Call(number, new CompletableFuture<>());
        waiting.put(call);
        try {
            call.committed().get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a write failed", failed.getCause());
        }
    }

    private void write(RawConnection connection) {
        var batch = new ArrayList<Call>();
        try {
            while (true) {
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH_MAX - 1);
                connection.statements().insert(batch.stream().mapToInt(Call::number).toArray());
                batch.forEach(call -> call.committed().complete(true));
                batch.clear();
                written.run();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (SQLException failed) {
            batch.forEach(call -> call.committed().completeExceptionally(failed));
        }
    }

    void stop() {
        for (var writer : writers) {
            writer.interrupt();
            Ends.await(writer);
        }
    }
}
