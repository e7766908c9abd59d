package dev.kedge.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Single calls that share commits: each writer takes all that waits, writes it, answers. */
final class SharedCommits<T> {

    /** Writes a batch; it is committed when this returns. */
    @FunctionalInterface
    interface Batch<T> {
        void write(RawStatements statements, List<T> values) throws SQLException;
    }

    private static final int WAITING_MAX = 20_000;
    private static final int BATCH_MAX = 2_000;

    private record Call<T>(T value, CompletableFuture<Boolean> committed) {}

    private final BlockingQueue<Call<T>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Thread> writers;
    private final Batch<T> batch;
    private final Runnable written;

    SharedCommits(List<RawConnection> connections, Batch<T> batch, Runnable written) {
        this.batch = batch;
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

    /** Returns once {@code value} is committed. */
    void write(T value) throws InterruptedException {
        var call = new Call<T>(value, new CompletableFuture<>());
        waiting.put(call);
        try {
            call.committed().get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a write failed", failed.getCause());
        }
    }

    private void write(RawConnection connection) {
        var calls = new ArrayList<Call<T>>();
        try {
            while (true) {
                calls.add(waiting.take());
                waiting.drainTo(calls, BATCH_MAX - 1);
                batch.write(connection.statements(), calls.stream().map(Call::value).toList());
                calls.forEach(call -> call.committed().complete(true));
                calls.clear();
                written.run();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (SQLException failed) {
            calls.forEach(call -> call.committed().completeExceptionally(failed));
        }
    }

    void stop() {
        for (var writer : writers) {
            writer.interrupt();
            Ends.await(writer);
        }
    }
}
