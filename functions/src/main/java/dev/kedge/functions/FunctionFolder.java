package dev.kedge.functions;

import dev.kedge.engine.Engine;
import dev.kedge.model.Deployment;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A folder whose files are functions: each is deployed when this starts, and again when it changes.
 *
 * <p>It looks again and again instead of asking to be told, which works on every file system. A
 * file is taken once it has looked the same twice, so that half a file is not deployed. One that
 * cannot be deployed is reported once, and the version before it stays active.
 */
final class FunctionFolder implements AutoCloseable {

    private static final Logger LOG = System.getLogger(FunctionFolder.class.getName());
    private static final long LOOK_EVERY_NANOS = 150_000_000;
    private static final int FILES_MAX = 1_000;
    private static final Pattern FUNCTION_FILE =
            Pattern.compile("(?!_)(?!.*\\.(?:test|spec|d)\\.\\w+$)(.+)\\.(?:ts|js|mts|mjs)");

    /** What tells one state of a file from another, without reading it. */
    private record Look(long size, FileTime modified) {}

    private final Deployer deployer;
    private final Describer describer;
    private final Engine engine;
    private final Namespace namespace;
    private final Path folder;
    private final Thread thread;

    /** By file; touched by one thread at a time, as is the next. */
    private final Map<Path, Look> seen = new HashMap<>();

    private final Map<Path, Look> taken = new HashMap<>();
    private final Map<Path, JobName> jobs = new HashMap<>();
    private boolean listable = true;
    private volatile boolean closed;

    FunctionFolder(
            Deployer deployer,
            Describer describer,
            Engine engine,
            Namespace namespace,
            Path folder) {
        this.deployer = deployer;
        this.describer = describer;
        this.engine = engine;
        this.namespace = namespace;
        this.folder = folder;
        this.thread =
                Thread.ofVirtual()
                        .name("kedge-folder-" + folder.getFileName())
                        .unstarted(this::watch);
    }

    /** Deploys what is there, and returns when that is done; goes on watching. */
    void start() {
        for (var file : files()) {
            seen.put(file, look(file));
            takeIfNew(file);
        }
        thread.start();
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            try {
                lookAgain();
            } catch (RuntimeException thrown) { // A service's loop goes on.
                LOG.log(Logger.Level.ERROR, "cannot look after " + folder, thrown);
            }
        }
    }

    private void lookAgain() {
        var files = files();
        forgetAllBut(files);
        for (var file : files) {
            if (closed) {
                return;
            }
            var now = look(file);
            if (now.equals(seen.put(file, now))) {
                takeIfNew(file);
            }
        }
    }

    private void forgetAllBut(List<Path> files) {
        seen.keySet().retainAll(files);
        taken.keySet().retainAll(files);
        jobs.keySet().retainAll(files);
    }

    private void takeIfNew(Path file) {
        var look = seen.get(file);
        if (look != null && !look.equals(taken.put(file, look))) {
            try {
                take(file);
            } catch (KedgeException.Unavailable later) {
                taken.remove(file);
            } catch (KedgeException | IOException refused) {
                LOG.log(
                        Logger.Level.ERROR,
                        "{0} is not deployed: {1}",
                        file.getFileName(),
                        refused.getMessage());
            }
        }
    }

    private void take(Path file) throws IOException {
        var size = Files.size(file);
        if (size > Deployment.CODE_BYTES_MAX) {
            throw new KedgeException.TooLarge("code", size, Deployment.CODE_BYTES_MAX);
        }
        var function = functionIn(file);
        refuseSameName(file, function);
        var code = Files.readString(file, StandardCharsets.UTF_8);
        var description = describer.describe(namespace, function, code);
        refuseSameJob(file, description.job());
        var target = description.namespace().orElse(namespace);
        var deployed = deployer.store(engine, target, function, code, description, true);
        jobs.put(file, description.job());
        LOG.log(
                Logger.Level.INFO,
                "{0}: job {1}, version {2,number,#}",
                file.getFileName(),
                description.job(),
                deployed.deployment().version());
        for (var warning : deployed.warnings()) {
            LOG.log(Logger.Level.WARNING, "{0}: {1}", file.getFileName(), warning);
        }
    }

    /** hello.ts and hello.js would be versions of each other. */
    private void refuseSameName(Path file, String function) {
        for (var other : jobs.keySet()) {
            if (!other.equals(file) && functionIn(other).equals(function)) {
                throw taken("function '" + function + "'", other);
            }
        }
    }

    private void refuseSameJob(Path file, JobName job) {
        for (var other : jobs.entrySet()) {
            if (!other.getKey().equals(file) && other.getValue().equals(job)) {
                throw taken("job '" + job + "'", other.getKey());
            }
        }
    }

    private static KedgeException.Conflict taken(String what, Path other) {
        return new KedgeException.Conflict(
                "job_name_taken",
                "the %s is defined in %s as well".formatted(what, other.getFileName()),
                null);
    }

    private List<Path> files() {
        try (var all = Files.list(folder)) {
            var files =
                    all.filter(Files::isRegularFile)
                            .filter(file -> FUNCTION_FILE.matcher(nameOf(file)).matches())
                            .sorted()
                            .limit(FILES_MAX)
                            .toList();
            listable = true;
            return files;
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            if (listable) {
                LOG.log(Logger.Level.ERROR, "cannot read the folder {0}", folder);
            }
            listable = false;
            return List.of();
        }
    }

    private static Look look(Path file) {
        try {
            return new Look(Files.size(file), Files.getLastModifiedTime(file));
        } catch (IOException gone) {
            return new Look(-1, FileTime.fromMillis(0));
        }
    }

    private static String functionIn(Path file) {
        var name = FUNCTION_FILE.matcher(nameOf(file));
        return name.matches() ? name.group(1) : nameOf(file);
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
