package dev.kedge.functions;

import dev.kedge.model.LogLevel;
import dev.kedge.model.Progress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One request to a process and all that comes back until the verdict. What a process says outside
 * of a conversation, or about another one, is nobody's.
 */
final class Conversation {

    private static final long LOG_BYTES_MAX = 4L << 20;

    /** Who hears what the function says before its verdict. */
    interface Listener {
        void log(LogLevel level, String line);

        void progress(Progress progress);
    }

    private final int number;
    private final Listener listener;
    private final int linesMax;
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    private int lines;
    private long bytes;
    private volatile boolean cut;

    Conversation(int number, Listener listener, int linesMax) {
        this.number = number;
        this.listener = listener;
        this.linesMax = linesMax;
    }

    int number() {
        return number;
    }

    /** Whether so much was printed that the rest is dropped. */
    boolean cut() {
        return cut;
    }

    /** Called by the threads that read the process's outputs. */
    synchronized void log(LogLevel level, String line) {
        if (cut) {
            return;
        }
        lines++;
        bytes += line.length();
        if (lines > linesMax || bytes > LOG_BYTES_MAX) {
            cut = true;
            listener.log(
                    LogLevel.WARN,
                    "the output was cut here: an attempt may write %d lines or %d MiB"
                            .formatted(linesMax, LOG_BYTES_MAX >> 20));
        } else {
            listener.log(level, line);
        }
    }

    void progress(Progress progress) {
        listener.progress(progress);
    }

    /** The first verdict counts. */
    void end(Verdict said) {
        verdict.complete(said);
    }

    Verdict await() throws InterruptedException {
        try {
            return verdict.get();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }
}
