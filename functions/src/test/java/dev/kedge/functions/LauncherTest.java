package dev.kedge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a host without kernel namespaces is left with. The program is a script in Deno's place,
 * which starts a child as no function may; being a script, it gets no root folder of its own.
 */
class LauncherTest {

    private static final String PROGRAM =
            """
            #!/bin/sh
            case "$*" in *probe.js) echo '%s'; exit ;; esac
            sleep 600 &
            echo $!
            read -r command
            """
                    .formatted(SandboxRoot.PROBE_SAYS);

    private static final Duration GONE_MAX = Duration.ofSeconds(20);

    @TempDir private Path folder;
    private Launcher launcher;

    @BeforeEach
    void open() throws IOException {
        var program = Files.writeString(folder.resolve("deno"), PROGRAM);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var config = FunctionsConfig.of(program, folder).withWeakSandboxAllowed(true);
        var sandbox = Sandbox.detect(config);
        assertThat(sandbox.hasGuard()).isFalse();
        launcher = new Launcher(sandbox);
    }

    @AfterEach
    void close() {
        launcher.close();
    }

    @Test
    void what_a_process_has_started_ends_with_it() throws Exception {
        var started = launcher.start();
        var child = childOf(started);
        assertThat(isGone(child)).isFalse();

        launcher.end(started);

        assertThat(started.process().waitFor()).isNotZero();
        awaitGone(child);
    }

    @Test
    void what_a_process_has_left_behind_ends_after_it() throws Exception {
        var started = launcher.start();
        var child = childOf(started);
        started.process().getOutputStream().close();
        assertThat(started.process().waitFor()).isNotNegative();
        assertThat(isGone(child)).isFalse();

        launcher.endRemains(started);

        awaitGone(child);
    }

    private static long childOf(Launcher.Started started) throws IOException {
        return Long.parseLong(started.process().inputReader(UTF_8).readLine());
    }

    private static void awaitGone(long pid) {
        var until = System.nanoTime() + GONE_MAX.toNanos();
        while (!isGone(pid)) {
            assertThat(System.nanoTime()).as("process %d goes on", pid).isLessThan(until);
        }
    }

    /** A process that has ended may wait for somebody to take note of it. */
    private static boolean isGone(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).contains(") Z ");
        } catch (IOException noSuchProcess) {
            return true;
        }
    }
}
