package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

    private static final long SECONDS_MAX = 60;
    private static final String CHAPTER = "## Work that outlives its process, in Java";

    @Test
    void the_java_example_compiles_and_runs_as_it_stands(@TempDir Path folder) throws Exception {
        assertThat(runOnDatabase("Greeter", folder)).containsExactly("COMPLETED \"Hello, Ada!\"");
    }

    @Test
    void a_durable_job_reserves_charges_waits_sleeps_and_has_an_invoice_made(@TempDir Path folder)
            throws Exception {
        assertThat(runOnDatabase("Checkout", folder))
                .startsWith("COMPLETED \"invoice 7 for [shelf of tea, shelf of cup]\"")
                .contains("step reserve[tea]", "step reserve[cup]")
                .containsSubsequence(
                        "step charge",
                        "emit emit order.paid",
                        "wait wait order.shipped",
                        "sleep grace",
                        "invoke invoke invoice")
                .hasSize(8);
    }

    @Test
    void a_durable_job_is_rehearsed_without_a_database() throws Exception {
        assertThat(run("CheckoutRehearsal"))
                .startsWith(
                        "Suspended[]",
                        "Suspended[]",
                        "Suspended[]",
                        "Succeeded[result=\"invoice 7 for [shelf of tea, shelf of cup]\"]",
                        "Succeeded[result=\"cancelled: the card is stolen\"]")
                .endsWith("charge", "release[tea]", "release[cup]");
    }

    @Test
    void the_guide_shows_what_the_java_examples_have() throws IOException {
        var guide = Files.readString(Servers.home().resolve("docs/guide.md"));
        var chapter = guide.substring(guide.indexOf("\n" + CHAPTER + "\n") + CHAPTER.length());
        var examples =
                Files.readString(example("Checkout"))
                        + Files.readString(example("CheckoutRehearsal"));

        var shown =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                        .matcher(chapter.substring(0, chapter.indexOf("\n## ")))
                        .results()
                        .flatMap(block -> block.group(1).lines())
                        .map(String::strip)
                        .toList();

        assertThat(shown)
                .hasSizeGreaterThan(20)
                .allSatisfy(line -> assertThat(examples).contains(line));
    }

    private static List<String> runOnDatabase(String example, Path folder) throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedConfig.throwAway(folder))) {
            return run(example, postgres.jdbcUrl(), postgres.user(), postgres.password());
        }
    }

    /** The lines that an example prints. */
    private static List<String> run(String example, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(example(example).toString());
        command.addAll(List.of(arguments));
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return said.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path example(String name) {
        return Servers.home().resolve("examples/java").resolve(name + ".java");
    }
}
