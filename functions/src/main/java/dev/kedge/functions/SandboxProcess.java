package dev.kedge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kedge.engine.Journal;
import dev.kedge.model.Deployment;
import dev.kedge.model.Failure;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Wait;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One Deno behind the sandbox's walls, from its start to its end: generic until it has loaded a
 * deployment, and that deployment's from then on. It holds one conversation at a time.
 *
 * <p>Nothing of it outlives {@link #kill}, and it ends by itself when this server does.
 */
final class SandboxProcess {

    private static final int INIT = 1;
    private static final int RUN = 2;
    private static final int CANCEL = 3;
    private static final int NUDGE = 4;
    private static final int ANSWER = 5;

    private static final byte ANSWERED = 0;
    private static final byte REFUSED = 1;

    private static final int STDERR_HEAD_CHARS = 4_000;
    private static final int FRAME_BYTES_BEYOND_RESULT = 4 << 20;
    private static final long EXIT_WAIT_SECONDS = 5;
    private static final long INPUT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long FLOOD_PAUSE_NANOS = 1_000_000;

    /** What the guard of a process says when that was killed, and how Deno ends such a module. */
    private static final String GUARD = "unshare: ";

    private static final String STUCK_MODULE = "Top-level await promise never resolved";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Why a process was ended from outside. */
    enum Killed {
        /** Its attempt was stopped, or nobody needs it any more. */
        STOPPED("it was stopped"),
        OUT_OF_MEMORY("it needed more memory than a function may have"),
        FORGED("it wrote into the channel to the server"),
        DEAF("it did not take its input");

        private final String why;

        Killed(String why) {
            this.why = why;
        }
    }

    private final FunctionsConfig config;
    private final Launcher launcher;
    private final Launcher.Started started;
    private final OutputStream input;
    private final byte[] secret = new byte[Frame.SECRET_BYTES];
    private final ReentrantLock writing = new ReentrantLock();
    private final CountDownLatch errorsRead = new CountDownLatch(1);

    /** The beginning of what it said on stderr; written by one thread. */
    private volatile String stderrHead = "";

    private volatile long writingSince;
    private volatile @Nullable Conversation current;
    private volatile @Nullable Deployment deployment;
    private volatile @Nullable Killed killed;
    private volatile @Nullable RunId run;
    private volatile boolean crashing;
    private volatile boolean ended;
    private volatile boolean leaving;

    /** Held by the one that talks to it. */
    private int attempts;

    volatile long idleSince;

    SandboxProcess(FunctionsConfig config, Launcher launcher, Launcher.Started started) {
        this.config = config;
        this.launcher = launcher;
        this.started = started;
        this.input = started.process().getOutputStream();
        RANDOM.nextBytes(secret);
    }

    /** Begins to listen to it. */
    void start() {
        var name = "kedge-function-" + pid();
        Thread.ofPlatform().daemon().name(name).start(this::readFrames);
        Thread.ofPlatform().daemon().name(name + "-stderr").start(this::readErrors);
    }

    /** The process that runs the function's code. */
    long pid() {
        return started.worker().pid();
    }

    boolean isAlive() {
        return !ended && !leaving && killed == null && started.process().isAlive();
    }

    boolean isBusy() {
        return current != null;
    }

    int attempts() {
        return attempts;
    }

    @Nullable Deployment deployment() {
        return deployment;
    }

    /** Makes this the process of a deployment by loading its code; what that says is the answer. */
    Verdict load(Deployment code, Conversation.Listener listener) throws InterruptedException {
        deployment = code;
        var init =
                Replies.JSON.writeValueAsBytes(
                        Map.of(
                                "secret", unsigned(secret),
                                "function", code.function(),
                                "code", code.code(),
                                "environment", config.environment(),
                                "limits",
                                        Map.of(
                                                "lines", config.logLinesMax(),
                                                "resultBytes", config.resultBytesMax(),
                                                "outputBytes", config.resultBytesMax(),
                                                "matchBytes", Wait.MATCH_BYTES_MAX,
                                                "page", JournalDesk.PAGE_ENTRIES,
                                                "stateKeys", Journal.STATE_KEYS_MAX,
                                                "stateKeyChars", Journal.STATE_KEY_CHARS_MAX,
                                                "stateBytes", Journal.STATE_BYTES_MAX)));
        return converse(Conversation.loading(listener, config.logLinesMax()), INIT, init);
    }

    void nowCarriesOut(RunId id) {
        run = id;
    }

    /** The run under way, if any. */
    Optional<RunId> run() {
        return isBusy() ? Optional.ofNullable(run) : Optional.empty();
    }

    /**
     * Carries out one attempt.
     *
     * @param head JSON for the bootstrap: which run this is; it is cleared, for secrets may stand
     *     in it
     * @param past what its journal holds, see {@link JournalText#past}
     */
    Verdict run(byte[] head, byte[] past, Payload payload, Conversation conversation)
            throws InterruptedException {
        attempts++;
        var body =
                ByteBuffer.allocate(12 + head.length + past.length + payload.size())
                        .putInt(conversation.number())
                        .putInt(head.length)
                        .put(head)
                        .putInt(past.length)
                        .put(past)
                        .put(payload.bytes());
        Arrays.fill(head, (byte) 0);
        return converse(conversation, RUN, body.array());
    }

    private Verdict converse(Conversation conversation, int kind, byte[] body)
            throws InterruptedException {
        current = conversation;
        try {
            if (ended) {
                conversation.end(exitVerdict(conversation));
            }
            writeInTime(kind, body);
            return conversation.await();
        } catch (IOException gone) {
            return conversation.await(); // The reader sees the end, and knows how it came about.
        } catch (InterruptedException stopped) {
            kill(Killed.STOPPED);
            throw stopped;
        } finally {
            current = null;
        }
    }

    /** Tells the function that its run was cancelled, if that run is still under way. */
    void cancel(Conversation conversation) {
        try {
            if (current == conversation) {
                var number = ByteBuffer.allocate(4).putInt(conversation.number()).array();
                write(CANCEL, number);
            }
        } catch (IOException gone) {
            // Then there is nobody left to tell.
        }
    }

    /** Between runs it reads what it is sent; where it does not, it is ended. */
    private void writeInTime(int kind, byte[] body) throws IOException {
        writingSince = System.nanoTime();
        try {
            write(kind, body);
        } finally {
            writingSince = 0;
        }
    }

    /**
     * While a function computes it reads nothing, and whoever writes waits; its timeout ends that.
     * What was written is cleared, for secrets may stand in it.
     */
    private void write(int kind, byte[] body) throws IOException {
        var frame = ByteBuffer.allocate(5 + body.length);
        frame.putInt(body.length).put((byte) kind).put(body);
        writing.lock();
        try {
            input.write(frame.array());
            input.flush();
        } finally {
            writing.unlock();
            Arrays.fill(body, (byte) 0);
            Arrays.fill(frame.array(), (byte) 0);
        }
    }

    /** Ends it, with all it may have started. Returns at once; the first reason is the one kept. */
    void kill(Killed reason) {
        if (killed == null) {
            killed = reason;
        }
        launcher.end(started);
    }

    /** Does something when it is gone, at once if it is. */
    void onGone(Runnable task) {
        var _ = started.process().onExit().thenRun(task);
    }

    /** Waits until it is gone; whether it is. */
    boolean awaitEnd(long millis) throws InterruptedException {
        return started.process().waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Looks after what cannot be limited from within. Called every few milliseconds. */
    void check() {
        if (ended || killed != null) {
            return;
        }
        if (Memory.residentBytes(pid()) > config.memoryBytesMax()) {
            kill(Killed.OUT_OF_MEMORY);
        }
        var since = writingSince;
        if (since != 0 && System.nanoTime() - since > INPUT_NANOS_MAX) {
            kill(Killed.DEAF);
        }
    }

    private void readFrames() {
        var printed = new LineSplitter(line -> say(LogLevel.INFO, line));
        var reader =
                new FrameReader(
                        started.process().getInputStream(),
                        secret,
                        config.resultBytesMax() + FRAME_BYTES_BEYOND_RESULT,
                        (buffer, from, to) -> {
                            printed.take(buffer, from, to);
                            slowDownFlood();
                        });
        try {
            for (var frame = reader.next(); frame != null; frame = reader.next()) {
                if (frame.kind() == Frame.Kind.RETURNED
                        || frame.kind() == Frame.Kind.FAILED
                        || frame.kind() == Frame.Kind.SUSPENDED) {
                    printed.flush();
                }
                take(frame);
            }
        } catch (ForgedFrameException forged) {
            kill(Killed.FORGED);
        } catch (IOException closed) {
            // It ended in the middle of a frame, or was killed: the same as an end.
        } catch (RuntimeException thrown) { // Whatever it made us stumble over is its own end.
            kill(Killed.FORGED);
        } finally {
            printed.flush();
            end();
        }
    }

    private void take(Frame frame) throws IOException {
        var conversation = current;
        if (conversation == null || conversation.number() != frame.run()) {
            return;
        }
        switch (frame.kind()) {
            case LOADED, RETURNED, FAILED, SUSPENDED -> {
                var verdict = verdict(frame);
                switch (frame.body()[0]) {
                    case '1' -> write(NUDGE, new byte[0]);
                    case '2' -> leaving = true;
                    default -> {
                        // It waits for its next run.
                    }
                }
                conversation.end(verdict);
            }
            case LOG -> log(conversation, frame.body());
            case ASK -> {
                var ask = Ask.read(frame.body());
                conversation.ask(ask, replyTo(conversation, ask.number()));
            }
            case PROGRESS -> {
                var progress = Replies.progress(frame.body());
                if (progress == null) {
                    conversation.log(LogLevel.WARN, "a progress report could not be read");
                } else {
                    conversation.progress(progress);
                }
            }
        }
    }

    /** How an answer gets back to the function, if its run is still under way. */
    private JournalDesk.Reply replyTo(Conversation conversation, int question) {
        return new JournalDesk.Reply() {
            @Override
            public void answer(byte[] json) {
                say(ANSWERED, json);
            }

            @Override
            public void refuse(String why) {
                say(REFUSED, why.getBytes(UTF_8));
            }

            private void say(byte status, byte[] text) {
                if (current != conversation) {
                    return;
                }
                var body =
                        ByteBuffer.allocate(9 + text.length)
                                .putInt(conversation.number())
                                .putInt(question)
                                .put(status)
                                .put(text);
                Arrays.fill(text, (byte) 0);
                try {
                    write(ANSWER, body.array());
                } catch (IOException gone) {
                    // Then there is nobody left to tell.
                }
            }
        };
    }

    private Verdict verdict(Frame frame) throws ForgedFrameException {
        if (frame.body().length < 1) {
            throw new ForgedFrameException("an empty verdict");
        }
        var json = Arrays.copyOfRange(frame.body(), 1, frame.body().length);
        return switch (frame.kind()) {
            case LOADED -> new Verdict.Loaded(Payload.ofJson(json));
            case RETURNED -> Replies.returned(json, config.resultBytesMax());
            case FAILED -> Replies.failed(json, file());
            case SUSPENDED -> new Verdict.Suspended();
            case LOG, PROGRESS, ASK -> throw new ForgedFrameException("no verdict");
        };
    }

    private static void log(Conversation conversation, byte[] body) throws ForgedFrameException {
        if (body.length < 1) {
            throw new ForgedFrameException("a log line of no level");
        }
        var level =
                switch (body[0]) {
                    case 'd' -> LogLevel.DEBUG;
                    case 'i' -> LogLevel.INFO;
                    case 'w' -> LogLevel.WARN;
                    case 'e' -> LogLevel.ERROR;
                    default -> throw new ForgedFrameException("a log line of no level");
                };
        conversation.log(level, new String(body, 1, body.length - 1, UTF_8));
    }

    private void readErrors() {
        var lines = new LineSplitter(this::errorLine);
        var buffer = new byte[16 << 10];
        try (var stderr = started.process().getErrorStream()) {
            for (var count = stderr.read(buffer); count > 0; count = stderr.read(buffer)) {
                lines.take(buffer, 0, count);
                slowDownFlood();
            }
        } catch (IOException closed) {
            // It ended.
        }
        lines.flush();
        errorsRead.countDown();
    }

    /** What the engine of JavaScript says about its own end is no line of the function's log. */
    private void errorLine(String line) {
        if (line.contains("Last few GCs") || line.startsWith("# Fatal")) {
            crashing = true;
        }
        if (stderrHead.length() < STDERR_HEAD_CHARS) {
            stderrHead = stderrHead + line + "\n";
        }
        if (!crashing && !line.startsWith(GUARD)) {
            say(LogLevel.WARN, line);
        }
    }

    private void say(LogLevel level, String line) {
        var conversation = current;
        if (conversation != null) {
            conversation.log(level, line);
        }
    }

    /** Once nobody listens any more, printing without end must not cost this host a core. */
    private void slowDownFlood() {
        var conversation = current;
        if (conversation == null || conversation.cut()) {
            LockSupport.parkNanos(FLOOD_PAUSE_NANOS);
        }
    }

    private void end() {
        try {
            if (!started.process().waitFor(EXIT_WAIT_SECONDS, TimeUnit.SECONDS)) {
                kill(Killed.FORGED); // It closed its output and went on.
                started.process().destroyForcibly().waitFor();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        launcher.endRemains(started);
        awaitErrors();
        ended = true;
        launcher.giveBack(started.seat());
        var conversation = current;
        if (conversation != null) {
            conversation.end(exitVerdict(conversation));
        }
    }

    /** How it ended is told by its last words as well. */
    private void awaitErrors() {
        try {
            if (!errorsRead.await(EXIT_WAIT_SECONDS, TimeUnit.SECONDS)) {
                say(LogLevel.WARN, "what the process said last did not arrive");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to say of a process that ended instead of answering. */
    private Verdict exitVerdict(Conversation conversation) {
        var reason = killed;
        var said = stderrHead;
        if (reason == Killed.OUT_OF_MEMORY || ranOutOfMemory(said)) {
            return failed(
                    Failure.Code.OUT_OF_MEMORY,
                    "the function needed more memory than it may have (%d MiB)"
                            .formatted(config.memoryBytesMax() >> 20));
        }
        if (reason != null) {
            return failed(Failure.Code.PROCESS_EXITED, "the process was ended: " + reason.why);
        }
        if (said.contains(STUCK_MODULE)) {
            return failed(
                    conversation.number() == 0
                            ? Failure.Code.BAD_CODE
                            : Failure.Code.HANDLER_FAILED,
                    "the module waits for a promise that nothing can settle any more");
        }
        return failed(
                Failure.Code.PROCESS_EXITED,
                "the function's process ended before it gave an answer: "
                        + exitWords(said)
                        + (said.isEmpty() || crashing || said.startsWith(GUARD)
                                ? ""
                                : "; it said: " + said.strip()));
    }

    private static boolean ranOutOfMemory(String stderr) {
        return stderr.contains("out of memory") || stderr.contains("memory allocation of");
    }

    /** The status of a process that a signal ended is 128 and the signal's number. */
    private String exitWords(String said) {
        var status = started.process().exitValue();
        if (said.startsWith(GUARD)) {
            return "killed by a signal"; // The guard wanted to end in the same way, and could not.
        }
        return status > 128
                ? "killed by a signal (%d)".formatted(status - 128)
                : "exit status " + status;
    }

    private static Verdict failed(Failure.Code code, String message) {
        return new Verdict.Failed(Failure.of(code, message));
    }

    private String file() {
        var code = deployment;
        return code == null ? "function.ts" : code.function() + ".ts";
    }

    private static int[] unsigned(byte[] bytes) {
        var numbers = new int[bytes.length];
        for (var i = 0; i < bytes.length; i++) {
            numbers[i] = bytes[i] & 0xff;
        }
        return numbers;
    }
}
