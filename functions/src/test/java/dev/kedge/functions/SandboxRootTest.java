package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxRootTest {

    private static final int SERVERS = 8;

    @Test
    void servers_that_start_at_once_on_one_folder_share_one_root(@TempDir Path folder)
            throws Exception {
        var together = new CyclicBarrier(SERVERS);
        Callable<Path> laysOut =
                () -> {
                    together.await();
                    return SandboxRoot.layOut(Bench.DENO, folder).folder();
                };
        try (var servers = Executors.newVirtualThreadPerTaskExecutor()) {
            var roots = servers.invokeAll(Collections.nCopies(SERVERS, laysOut));

            for (var root : roots) {
                assertThat(root.get()).isEqualTo(roots.getFirst().get());
            }
            try (var left = Files.list(folder)) {
                assertThat(left).containsExactly(roots.getFirst().get());
            }
        }
    }
}
