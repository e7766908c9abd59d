package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

    private static final long SECONDS_MAX = 60;

    @Test
    void the_java_example_compiles_and_runs_as_it_stands(@TempDir Path folder) throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedConfig.throwAway(folder))) {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var process =
                    new ProcessBuilder(
                                    java,
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Servers.home().resolve("examples/java/Greeter.java").toString(),
                                    postgres.jdbcUrl(),
                                    postgres.user(),
                                    postgres.password())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try {
                var said =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
                assertThat(said.strip()).isEqualTo("COMPLETED \"Hello, Ada!\"");
                assertThat(process.exitValue()).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
