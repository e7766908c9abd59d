package dev.kedge.cli;

import dev.kedge.api.RunView;
import dev.kedge.cli.terminal.ProgressLine;
import dev.kedge.cli.terminal.Terminal;
import dev.kedge.cli.terminal.Texts;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches a run until it has ended, and shows how far it is. The run does not mind: it goes on
 * whether somebody watches or not, and through restarts of the server, which are waited out.
 */
public final class Watch {

    /** A server that is silent for longer is taken for gone. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private static final Duration SILENCE_PAUSE = Duration.ofMillis(500);

    private final Remote remote;
    private final Terminal terminal;
    private final String follow;
    private int attempt;
    private long begunNanos = System.nanoTime();

    /**
     * @param follow the command that looks at the run later, for whoever stops watching
     */
    public Watch(Remote remote, Terminal terminal, String follow) {
        this.remote = remote;
        this.terminal = terminal;
        this.follow = follow;
    }

    /** The run's last state, as the API tells it. */
    byte[] untilEnd(String id) {
        return untilEnd(id, (_, _) -> {});
    }

    /** Sees every state of the run that was noticed on the way; may say something about it. */
    @FunctionalInterface
    public interface Onlooker {
        void sees(RunView run, ProgressLine line);
    }

    /** The same, with somebody to look on. */
    public byte[] untilEnd(String id, Onlooker onlooker) {
        var goodbye = new Thread(this::sayGoodbye, "kedge-goodbye");
        Runtime.getRuntime().addShutdownHook(goodbye);
        try (var line = new ProgressLine(terminal)) {
            // On a terminal the time that has gone by is shown, so it must not stand still for
            // long.
            var path = remote.path("runs", id);
            var poll = path + "?wait=" + (terminal.interactive() ? "1s" : "30s");
            var answer = remote.get(path);
            for (var run = Remote.read(answer, RunView.class);
                    !run.ended();
                    run = Remote.read(answer, RunView.class)) {
                show(line, run);
                onlooker.sees(run, line);
                answer = patiently(line, poll);
            }
            return answer;
        } finally {
            Runtime.getRuntime().removeShutdownHook(goodbye);
        }
    }

    private void show(ProgressLine line, RunView run) {
        if (run.attempt() != attempt) {
            begunNanos = System.nanoTime();
            if (attempt > 0) {
                var failure = run.failure();
                line.say(
                        "attempt %d is over%s; attempt %d begins"
                                .formatted(
                                        attempt,
                                        failure == null ? "" : ": " + Texts.line(failure.message()),
                                        run.attempt()));
            }
            attempt = run.attempt();
        }
        var progress = "running".equals(run.state()) ? run.progress() : null;
        line.show(
                terminal.style().state(run.state()),
                percent(progress),
                progress == null ? null : progress.message(),
                Duration.ofNanos(System.nanoTime() - begunNanos));
    }

    private static @Nullable Double percent(RunView.@Nullable ProgressView progress) {
        return progress == null ? null : progress.percent();
    }

    private byte[] patiently(ProgressLine line, String poll) {
        var silentSince = System.nanoTime();
        var told = false;
        while (true) {
            try {
                return remote.get(poll);
            } catch (CommandFailure failure) {
                if (failure.exitCode() != ExitCode.UNREACHABLE
                        || System.nanoTime() - silentSince > SILENCE_MAX.toNanos()) {
                    throw failure;
                }
            }
            if (!told) {
                line.say("the server does not answer; the run is safe, trying again…");
                told = true;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(SILENCE_PAUSE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CommandFailure.unreachable("interrupted");
            }
        }
    }

    private void sayGoodbye() {
        terminal.err()
                .printf(
                        "%nThe run goes on without being watched. To watch it again:%n  %s%n",
                        follow);
    }
}
