package dev.kedge.functions;

import dev.kedge.engine.Journal;
import dev.kedge.engine.RunSecrets;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Progress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable JournalDesk desk;
    private int lines;
    private long bytes;
    private volatile boolean cut;

    private Conversation(int number, Listener listener, int linesMax) {
        this.number = number;
        this.listener = listener;
        this.linesMax = linesMax;
        this.desk = null;
    }

    private Conversation(
            int number,
            Listener listener,
            int linesMax,
            Journal journal,
            RunSecrets secrets,
            int bytesMax) {
        this.number = number;
        this.listener = listener;
        this.linesMax = linesMax;
        this.desk =
                new JournalDesk(journal, secrets, bytesMax, lost -> end(new Verdict.Broken(lost)));
    }

    /** About the code itself: nothing is carried out in it. */
    static Conversation loading(Listener listener, int linesMax) {
        return new Conversation(0, listener, linesMax);
    }

    /**
     * About one attempt.
     *
     * @param outputBytesMax how large what a step returns may be
     */
    static Conversation attempt(
            int number,
            Listener listener,
            int linesMax,
            Journal journal,
            RunSecrets secrets,
            int outputBytesMax) {
        return new Conversation(number, listener, linesMax, journal, secrets, outputBytesMax);
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

    void ask(Ask ask, JournalDesk.Reply reply) throws ForgedFrameException {
        if (desk == null) {
            throw new ForgedFrameException("a question outside of a run");
        }
        desk.take(ask, reply);
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
