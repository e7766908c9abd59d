package dev.kedge.functions;

import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.Deployment;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Loads code once, in a sandbox like any other, to learn what kind of function it is. */
final class Describer {

    private static final Duration LOADING_MAX = Duration.ofSeconds(10);

    private static final Conversation.Listener NOBODY =
            new Conversation.Listener() {
                @Override
                public void log(LogLevel level, String line) {}

                @Override
                public void progress(Progress progress) {}
            };

    private final ProcessPool processes;

    Describer(ProcessPool processes) {
        this.processes = processes;
    }

    /**
     * @throws KedgeException.Invalid the code cannot be loaded, is no function, or asks for a
     *     policy that makes no sense; with the line where one is known
     */
    FunctionDescription describe(Namespace namespace, String function, String code) {
        var bytes = code.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Deployment.CODE_BYTES_MAX) {
            throw new KedgeException.TooLarge("code", bytes, Deployment.CODE_BYTES_MAX);
        }
        var annotations = Annotations.in(code);
        var loaded = Replies.JSON.readTree(load(namespace, function, code).description().bytes());
        var said = loaded.path("policy");
        var policy = PolicyReader.read(said, annotations.policy().apply(JobPolicy.DEFAULT));
        var description = said.path("description").asString(annotations.description());
        return new FunctionDescription(
                loaded.path("shape").asString(""),
                new JobName(said.path("name").asString(function)),
                policy,
                Optional.ofNullable(description),
                Optional.ofNullable(annotations.namespace()),
                said.has("schedule")
                        ? ScheduleReader.read(said.path("schedule"))
                        : annotations.schedules().stream().map(Timetable::of).toList(),
                annotations.warnings());
    }

    private Verdict.Loaded load(Namespace namespace, String function, String code) {
        var candidate =
                new Deployment(
                        new DeploymentId(UUID.randomUUID()),
                        namespace,
                        function,
                        1,
                        code,
                        "",
                        false,
                        Instant.EPOCH);
        return switch (inTime(new FutureTask<>(() -> loadNow(candidate)))) {
            case Verdict.Loaded loaded -> loaded;
            case Verdict.Failed(var failure, _, _) ->
                    throw new KedgeException.Invalid(
                            "code", failure.message() + at(failure.stack(), function));
            case Verdict.Returned _, Verdict.Suspended _, Verdict.Broken _ ->
                    throw new KedgeException.Invalid("code", "answered another question");
        };
    }

    /** On a thread of its own, because stopping a process means interrupting who talks to it. */
    private static Verdict inTime(FutureTask<Verdict> task) {
        var thread = Thread.startVirtualThread(task);
        try {
            return task.get(LOADING_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new KedgeException.Invalid(
                    "code",
                    "does not finish loading within %d s".formatted(LOADING_MAX.toSeconds()));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof KedgeException refused) {
                throw refused;
            }
            throw new KedgeException.Internal("cannot load the function's code", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new KedgeException.Unavailable("interrupted while loading code", stopped);
        } finally {
            thread.interrupt();
        }
    }

    private Verdict loadNow(Deployment candidate) throws InterruptedException {
        var process = processes.borrow(candidate);
        try {
            return process.load(candidate, NOBODY);
        } finally {
            processes.giveBack(process, false);
        }
    }

    /** The first line of the stack that is the author's own, where the message has none. */
    private static String at(@org.jspecify.annotations.Nullable String stack, String function) {
        if (stack == null) {
            return "";
        }
        return stack.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("at ") && line.contains(function + ".ts:"))
                .findFirst()
                .map(line -> " (" + line + ")")
                .orElse("");
    }
}
