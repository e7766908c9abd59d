package dev.kedge.server;

import dev.kedge.api.Json;
import dev.kedge.engine.Engine;
import dev.kedge.model.AuditHead;
import dev.kedge.model.KedgeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Writes the heads of the audit chains, signed, to a file and to the log whenever they have moved:
 * out of the database, so that a chain which was cut or rewritten there can be told from the one
 * that was. Every server does so for all chains.
 *
 * <p>After a crash it begins anew with all of them; a head that is there twice does no harm.
 */
public final class AuditExport implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(AuditExport.class.getName());
    private static final int HEADS_MAX = 1_000;

    /** A transaction may commit an entry that is older than one that was seen before. */
    private static final Duration LATE_MAX = Duration.ofMinutes(10);

    private static final Duration LAST_WORD_MAX = Duration.ofSeconds(2);

    private final Engine engine;
    private final AuditKey key;
    private final Path file;
    private final Duration interval;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("kedge-audit").unstarted(this::run);

    // By the thread only.
    private final Map<String, AuditHead> exported = new HashMap<>();
    private Instant since = Instant.EPOCH;

    private AuditExport(Engine engine, AuditKey key, Path file, Duration interval) {
        this.engine = engine;
        this.key = key;
        this.file = file;
        this.interval = interval;
    }

    /** Writes to the end of {@code file}, at once and then in every {@code interval}. */
    public static AuditExport start(Engine engine, AuditKey key, Path file, Duration interval) {
        var export = new AuditExport(engine, key, file, interval);
        export.thread.start();
        return export;
    }

    /** Writes what has moved since, and ends. */
    @Override
    public void close() {
        over.countDown();
        try {
            thread.join(LAST_WORD_MAX);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            do {
                export();
            } while (!over.await(interval.toMillis(), TimeUnit.MILLISECONDS));
            export();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void export() {
        try {
            while (exportSome()) {
                // There were as many as are looked at in one go.
            }
        } catch (KedgeException | UncheckedIOException later) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the heads of the audit chains could not be exported; will try again",
                    later);
        }
    }

    /** Whether there may be more. */
    private boolean exportSome() {
        var found = engine.auditHeads(since, HEADS_MAX);
        var moved = found.stream().filter(head -> !head.equals(exported.get(name(head)))).toList();
        if (moved.isEmpty()) {
            return false;
        }
        write(moved);
        moved.forEach(head -> exported.put(name(head), head));
        since = since(found);
        exported.values().removeIf(head -> head.at().isBefore(since));
        return found.size() == HEADS_MAX;
    }

    private Instant since(List<AuditHead> found) {
        var newest = found.getLast().at();
        // With a full page the walk has to get on, or it would read the same one for ever.
        return found.size() == HEADS_MAX ? newest : newest.minus(LATE_MAX);
    }

    private void write(List<AuditHead> heads) {
        var lines = new StringBuilder();
        for (var head : heads) {
            var line = new String(Json.write(key.sign(head)), StandardCharsets.UTF_8);
            lines.append(line).append('\n');
            LOG.log(System.Logger.Level.INFO, "audit head {0}", line);
        }
        try {
            Files.writeString(
                    file,
                    lines,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(AuditHead head) {
        return head.namespace() == null ? "" : head.namespace().value();
    }
}
