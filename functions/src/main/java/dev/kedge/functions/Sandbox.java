package dev.kedge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The walls around a function's process on this host, as the command line that puts them up.
 *
 * <p>Every combination is tried with a real process before it is believed, strongest first. From
 * the outside in: end with the server (a parent-death signal), a session of its own, resource
 * limits, kernel namespaces, a root folder that holds nothing but Deno and its libraries, a user of
 * its own without privileges, and Deno without a single permission.
 */
final class Sandbox {

    /** A user for each process, in a range that no account is given by default. */
    static final int UID_BASE = 58_000;

    /** What Deno needs beyond its resident memory to start at all, as a limit on data pages. */
    private static final long DATA_BYTES_BEYOND = 640L << 20;

    private static final Duration PROBE_MAX = Duration.ofSeconds(10);
    private static final List<String> DENO_FLAGS =
            List.of(
                    "run",
                    "--quiet",
                    "--no-prompt",
                    "--no-remote",
                    "--no-npm",
                    "--no-config",
                    "--no-lock",
                    "--cached-only");

    /** Which walls are tried together. */
    private enum Walls {
        ROOT_WITH_NAMESPACES,
        ROOT_WITH_USER,
        USER_NAMESPACE,
        LIMITS_ONLY,
        NONE
    }

    private final FunctionsConfig config;
    private final SandboxRoot root;
    private final Walls walls;
    private final SandboxReport report;

    private Sandbox(FunctionsConfig config, SandboxRoot root, Walls walls, SandboxReport report) {
        this.config = config;
        this.root = root;
        this.walls = walls;
        this.report = report;
    }

    /**
     * @throws IllegalStateException nothing but Deno's permissions holds and that is not allowed,
     *     or Deno does not start at all
     */
    static Sandbox detect(FunctionsConfig config) {
        var root = SandboxRoot.layOut(config.deno(), config.runtimeFolder());
        var failures = new ArrayList<String>();
        for (var walls : Walls.values()) {
            if (!possible(walls, root)) {
                continue;
            }
            var sandbox = new Sandbox(config, root, walls, reportOf(walls, root, failures));
            var failure = sandbox.probe();
            if (failure.isEmpty()) {
                if (sandbox.report.level() == 'C' && !config.weakSandboxAllowed()) {
                    throw new IllegalStateException("functions are refused: " + sandbox.report);
                }
                return sandbox;
            }
            failures.add(walls + ": " + failure);
        }
        throw new IllegalStateException("Deno does not start: " + failures);
    }

    SandboxReport report() {
        return report;
    }

    /** Whether the process that is started is only the guard of the one that runs the function. */
    boolean hasGuard() {
        return walls == Walls.ROOT_WITH_NAMESPACES || walls == Walls.USER_NAMESPACE;
    }

    /** The command that starts a process under user number {@code seat} of those kept for this. */
    ProcessBuilder command(int seat) {
        return builder(seat, root.bootstrapIn(jailed()));
    }

    private ProcessBuilder builder(int seat, String script) {
        var command = new ArrayList<String>();
        if (walls != Walls.NONE) {
            command.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--", "setsid"));
            command.addAll(limits());
            command.addAll(walls(seat));
        }
        command.add(jailed() ? "/deno" : config.deno().toString());
        command.addAll(DENO_FLAGS);
        command.add("--import-map=" + root.importMapIn(jailed()));
        command.add("--v8-flags=--max-old-space-size=" + heapMebibytes());
        command.add(script);
        var builder = new ProcessBuilder(command);
        var environment = builder.environment();
        var path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path); // For the wrappers; the bootstrap does not show it.
        environment.put("DENO_DIR", "/nowhere");
        environment.put("DENO_NO_UPDATE_CHECK", "1");
        environment.put("NO_COLOR", "1");
        environment.put("TZ", "UTC");
        return builder;
    }

    private List<String> limits() {
        var limits = new ArrayList<String>();
        limits.addAll(List.of("prlimit", "--core=0", "--fsize=0", "--nofile=256"));
        limits.add("--data=" + (config.memoryBytesMax() + DATA_BYTES_BEYOND));
        if (asRoot()) {
            limits.add("--nproc=64"); // Counted by user, so only where it has one of its own.
        }
        limits.add("--");
        return limits;
    }

    private List<String> walls(int seat) {
        var uid = Integer.toString(UID_BASE + seat);
        var alone =
                List.of(
                        "--net",
                        "--ipc",
                        "--uts",
                        "--mount",
                        "--mount-proc",
                        "--pid",
                        "--fork",
                        "--kill-child");
        var powerless =
                List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--pdeathsig");
        var user = List.of("--reuid", uid, "--regid", uid, "--clear-groups");
        return switch (walls) {
            case ROOT_WITH_NAMESPACES ->
                    joined(
                            List.of(
                                    List.of("unshare"),
                                    alone,
                                    List.of("--root=" + root.folder(), "--", "/setpriv"),
                                    user,
                                    powerless,
                                    List.of("KILL", "--")));
            case ROOT_WITH_USER ->
                    joined(List.of(List.of("setpriv"), user, powerless, List.of("KILL", "--")));
            case USER_NAMESPACE ->
                    joined(
                            List.of(
                                    List.of("unshare", "--user", "--map-root-user"),
                                    alone,
                                    List.of("--root=" + root.folder(), "--", "/setpriv"),
                                    powerless,
                                    List.of("KILL", "--")));
            case LIMITS_ONLY -> List.of("setpriv", "--no-new-privs", "--pdeathsig", "KILL", "--");
            case NONE -> List.of();
        };
    }

    private static List<String> joined(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private boolean jailed() {
        return hasGuard();
    }

    private long heapMebibytes() {
        return Math.max(32, (config.memoryBytesMax() >> 20) - 64);
    }

    private static boolean possible(Walls walls, SandboxRoot root) {
        var linux = System.getProperty("os.name", "").equals("Linux");
        return switch (walls) {
            case ROOT_WITH_NAMESPACES -> linux && asRoot() && root.complete();
            case ROOT_WITH_USER -> linux && asRoot();
            case USER_NAMESPACE -> linux && !asRoot() && root.complete();
            case LIMITS_ONLY -> linux;
            case NONE -> true;
        };
    }

    private static boolean asRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static SandboxReport reportOf(Walls walls, SandboxRoot root, List<String> failures) {
        var active = new ArrayList<String>();
        var missing = new ArrayList<String>();
        var namespaces = walls == Walls.ROOT_WITH_NAMESPACES || walls == Walls.USER_NAMESPACE;
        say(
                namespaces,
                "kernel namespaces (no network, own processes)"
                        + (failures.isEmpty() ? "" : " (" + String.join("; ", failures) + ")"),
                active,
                missing);
        say(
                namespaces,
                "a root folder without the host's files"
                        + (root.complete() ? "" : " (" + root.whyIncomplete() + ")"),
                active,
                missing);
        say(
                walls == Walls.ROOT_WITH_NAMESPACES || walls == Walls.ROOT_WITH_USER,
                "a user of its own",
                active,
                missing);
        say(walls != Walls.NONE, "no new privileges, resource limits", active, missing);
        say(Files.isDirectory(Path.of("/proc/self")), "a memory watchdog", active, missing);
        missing.add("a control group");
        active.add("no Deno permissions");
        var strong = namespaces || walls == Walls.ROOT_WITH_USER;
        return new SandboxReport(strong ? 'B' : 'C', active, missing);
    }

    private static void say(
            boolean holds, String layer, List<String> active, List<String> missing) {
        (holds ? active : missing).add(layer);
    }

    /** Starts Deno behind these walls once; empty if that went well, else why not. */
    private String probe() {
        try {
            var builder = builder(0, root.probeIn(jailed())).redirectErrorStream(true);
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            var process = builder.start();
            try {
                if (!process.waitFor(PROBE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                    return "no answer within " + PROBE_MAX.toSeconds() + " s";
                }
                var said = new String(process.getInputStream().readNBytes(4_096), UTF_8).strip();
                return said.equals(SandboxRoot.PROBE_SAYS) ? "" : "it said '" + said + "'";
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException notStarted) {
            return String.valueOf(notStarted.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
