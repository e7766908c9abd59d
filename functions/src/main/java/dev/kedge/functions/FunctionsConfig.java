package dev.kedge.functions;

import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Payload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What functions run in, and how much of everything they may have.
 *
 * @param deno the Deno binary, see {@link DenoBinary#find}
 * @param runtimeFolder where the sandbox's root is laid out; made if it is missing, and shared by
 *     any number of servers
 * @param processesMax processes that belong to a function, busy or warm
 * @param spares processes kept ready for functions that have none yet, on top of these
 * @param attemptsPerProcess attempts after which a process is replaced
 * @param idle how long a process may wait for its function's next attempt
 * @param memoryBytesMax resident memory of one process
 * @param resultBytesMax the largest result
 * @param logLinesMax lines one attempt may write
 * @param environment what {@code Deno.env} shows; names begin with {@code KEDGE_}. Never put in
 *     here what functions must not know.
 * @param weakSandboxAllowed whether to go on where only Deno's own permissions stand between a
 *     function and the host
 */
public record FunctionsConfig(
        Path deno,
        Path runtimeFolder,
        int processesMax,
        int spares,
        int attemptsPerProcess,
        Duration idle,
        long memoryBytesMax,
        int resultBytesMax,
        int logLinesMax,
        Map<String, String> environment,
        boolean weakSandboxAllowed) {

    public static final int PROCESSES_MAX = 1_000;
    public static final long MEMORY_BYTES_MIN = 96L << 20;
    private static final Pattern VARIABLE = Pattern.compile("KEDGE_[A-Z0-9_]{1,100}");

    public FunctionsConfig {
        require("processesMax", processesMax >= 1 && processesMax <= PROCESSES_MAX, processesMax);
        require("spares", spares >= 0 && spares <= PROCESSES_MAX, spares);
        require("attemptsPerProcess", attemptsPerProcess >= 1, attemptsPerProcess);
        require("idle", idle.isPositive(), Durations.format(idle));
        require("memoryBytesMax", memoryBytesMax >= MEMORY_BYTES_MIN, memoryBytesMax);
        require("resultBytesMax", resultBytesMax >= 2, resultBytesMax);
        require("logLinesMax", logLinesMax >= 0, logLinesMax);
        environment = Map.copyOf(environment);
        for (var name : environment.keySet()) {
            require("environment", VARIABLE.matcher(name).matches(), name);
        }
    }

    /** The defaults: four processes a core, 256 MiB each. */
    public static FunctionsConfig of(Path deno, Path runtimeFolder) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                Math.max(8, 4 * Runtime.getRuntime().availableProcessors()),
                2,
                1_000,
                Duration.ofMinutes(2),
                256L << 20,
                Payload.BYTES_MAX,
                10_000,
                Map.of(),
                false);
    }

    public FunctionsConfig withProcesses(int most, int ready) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                most,
                ready,
                attemptsPerProcess,
                idle,
                memoryBytesMax,
                resultBytesMax,
                logLinesMax,
                environment,
                weakSandboxAllowed);
    }

    public FunctionsConfig withAttemptsPerProcess(int most) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                processesMax,
                spares,
                most,
                idle,
                memoryBytesMax,
                resultBytesMax,
                logLinesMax,
                environment,
                weakSandboxAllowed);
    }

    public FunctionsConfig withIdle(Duration other) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                processesMax,
                spares,
                attemptsPerProcess,
                other,
                memoryBytesMax,
                resultBytesMax,
                logLinesMax,
                environment,
                weakSandboxAllowed);
    }

    public FunctionsConfig withLimits(long memoryBytes, int resultBytes, int logLines) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                processesMax,
                spares,
                attemptsPerProcess,
                idle,
                memoryBytes,
                resultBytes,
                logLines,
                environment,
                weakSandboxAllowed);
    }

    public FunctionsConfig withEnvironment(Map<String, String> variables) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                processesMax,
                spares,
                attemptsPerProcess,
                idle,
                memoryBytesMax,
                resultBytesMax,
                logLinesMax,
                variables,
                weakSandboxAllowed);
    }

    public FunctionsConfig withWeakSandboxAllowed(boolean allowed) {
        return new FunctionsConfig(
                deno,
                runtimeFolder,
                processesMax,
                spares,
                attemptsPerProcess,
                idle,
                memoryBytesMax,
                resultBytesMax,
                logLinesMax,
                environment,
                allowed);
    }

    private static void require(String field, boolean holds, Object got) {
        if (!holds) {
            throw new KedgeException.Invalid("functions." + field, "out of range: " + got);
        }
    }
}
