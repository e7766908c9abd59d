package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The models in {@code models/}, checked by TLC: what is built keeps its invariants, and each twin
 * that leaves out one rule loses the invariant that the rule is there for.
 *
 * <p>Every build checks four small models and five twins. {@code -Dmodels=all} checks the rest,
 * too.
 */
class ModelsTest {

    private static final Path MODELS = Path.of("..", "models").toAbsolutePath().normalize();
    private static final Path SCRATCH = Path.of("target", "tlc").toAbsolutePath();
    private static final int EXIT_FOUND_NOTHING = 0;
    private static final int EXIT_INVARIANT_VIOLATED = 12;
    private static final int CHECK_MINUTES_MAX = 5;

    /** Each twin in {@code models/twins}, and the invariant that must fall. */
    private static final Map<String, String> REFUTED =
            Map.ofEntries(
                    Map.entry("settle-without-the-fence", "NoLateWrite"),
                    Map.entry("claim-without-the-lock", "SweptHoldsNothing"),
                    Map.entry("lock-and-claim-in-one-statement", "SweptHoldsNothing"),
                    Map.entry("sweep-without-declaring-lost", "SweptHoldsNothing"),
                    Map.entry("sweep-looks-before-the-lock", "SweptHoldsNothing"),
                    Map.entry("no-generation", "HolderKnows"),
                    Map.entry("strangers-are-kept", "HolderKnows"),
                    Map.entry("hand-back-keeps-the-epoch", "NoLateWrite"),
                    Map.entry("sweep-keeps-the-epoch", "NoLateWrite"),
                    Map.entry("start-without-the-lock", "SweptHoldsNothing"),
                    Map.entry("strangers-may-be-expected", "NoLateWrite"),
                    Map.entry("steps-without-the-fence", "StepOnce"),
                    Map.entry("wake-up-without-the-lock", "NoLostWakeUp"),
                    Map.entry("wake-up-looked-before-the-lock", "NoLostWakeUp"));

    private static final Set<String> EVERY_BUILD =
            Set.of("RunLease", "RunLeaseBirths", "RunLeaseDoubt", "WakeUp");

    @ParameterizedTest
    @ValueSource(strings = {"RunLease", "RunLeaseBirths", "RunLeaseDoubt", "WakeUp"})
    void kedge_P3_what_is_built_keeps_its_invariants(String model) {
        assertKept(model);
    }

    @ParameterizedTest
    @MethodSource("widerModels")
    @EnabledIfSystemProperty(named = "models", matches = "all")
    void what_is_built_keeps_its_invariants_in_the_wider_models_too(String model) {
        assertKept(model);
    }

    @Test
    void without_the_fence_a_late_worker_ends_the_run_of_its_successor() {
        assertRefuted("settle-without-the-fence");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start-without-the-lock", "strangers-may-be-expected"})
    void without_the_lock_or_the_memory_of_what_was_sent_a_start_is_not_safe(String twin) {
        assertRefuted(twin);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wake-up-without-the-lock", "wake-up-looked-before-the-lock"})
    void without_the_lock_or_its_order_a_wake_up_is_lost(String twin) {
        assertRefuted(twin);
    }

    @ParameterizedTest
    @MethodSource("twins")
    @EnabledIfSystemProperty(named = "models", matches = "all")
    void a_twin_that_leaves_out_a_rule_is_refuted(String twin) {
        assertRefuted(twin);
    }

    @Test
    void no_twin_is_forgotten() {
        assertThat(configurationsIn(MODELS.resolve("twins")))
                .containsExactlyInAnyOrderElementsOf(REFUTED.keySet());
    }

    private static Stream<String> widerModels() {
        return configurationsIn(MODELS).filter(model -> !EVERY_BUILD.contains(model));
    }

    private static Stream<String> twins() {
        return new TreeSet<>(REFUTED.keySet()).stream();
    }

    private static Stream<String> configurationsIn(Path folder) {
        try (var files = Files.list(folder)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cfg"))
                    .map(name -> name.substring(0, name.length() - ".cfg".length()))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertKept(String model) {
        var verdict = check(model, MODELS.resolve(model + ".cfg"));

        assertThat(verdict.exit()).as(verdict.said()).isEqualTo(EXIT_FOUND_NOTHING);
        assertThat(verdict.said()).contains("No error has been found");
    }

    private static void assertRefuted(String twin) {
        var verdict = check(twin, MODELS.resolve("twins").resolve(twin + ".cfg"));

        assertThat(verdict.exit()).as(verdict.said()).isEqualTo(EXIT_INVARIANT_VIOLATED);
        assertThat(verdict.said()).contains("Invariant " + REFUTED.get(twin) + " is violated");
    }

    private static String moduleOf(String name) {
        if (name.startsWith("steps")) {
            return "Steps";
        }
        return name.startsWith("wake") ? "WakeUp" : "RunLease";
    }

    private record Verdict(int exit, String said) {}

    /**
     * Runs TLC in a JVM of its own: it ends its process with the verdict and keeps static state.
     */
    private static Verdict check(String name, Path configuration) {
        var module = moduleOf(name.toLowerCase(Locale.ROOT));
        try {
            var scratch = Files.createDirectories(SCRATCH.resolve(name));
            var said = scratch.resolve("said.txt");
            var tlc =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Djava.io.tmpdir=" + scratch,
                                    "-cp",
                                    tlaTools(),
                                    "tlc2.TLC",
                                    "-workers",
                                    "2",
                                    "-nowarning",
                                    "-cleanup",
                                    "-metadir",
                                    scratch.resolve("states").toString(),
                                    "-config",
                                    configuration.toString(),
                                    module + ".tla")
                            .directory(MODELS.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            try {
                assertThat(tlc.waitFor(CHECK_MINUTES_MAX, TimeUnit.MINUTES))
                        .as("TLC came to a verdict on %s", name)
                        .isTrue();
            } finally {
                tlc.destroyForcibly();
            }
            return new Verdict(tlc.exitValue(), Files.readString(said));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Where the build put TLC. The class path itself names only the jar that starts the tests. */
    private static String tlaTools() {
        try {
            var jar = tlc2.TLC.class.getProtectionDomain().getCodeSource().getLocation();
            return Path.of(jar.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
