package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinariesTest {

    @TempDir Path cache;

    @Test
    void two_at_once_get_the_same_programs_and_what_a_crash_left_is_not_among_them()
            throws Exception {
        var halfway = Files.createDirectory(cache.resolve("unfinished"));
        Files.createFile(halfway.resolve("torn"));
        Callable<Binaries> unpack = () -> Binaries.unpackedIn(cache);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var both = threads.invokeAll(List.of(unpack, unpack));
            var binaries = both.get(0).get();

            assertThat(both.get(1).get()).isEqualTo(binaries);
            assertThat(binaries.program("postgres")).isExecutable();
            assertThat(binaries.home().resolve("torn")).doesNotExist();
            assertThat(halfway).doesNotExist();
        }
    }

    @Test
    void the_published_archive_of_another_platform_will_do_as_it_is() {
        var binaries = Binaries.unpackedIn(cache, "linux-arm_64");

        assertThat(Archive.of("linux-arm_64").orElseThrow().place().getPath()).endsWith(".txz");
        assertThat(binaries.program("postgres")).isExecutable();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "txz"})
    void an_archive_that_ends_too_early_is_an_error(String kind) throws IOException {
        var platform = kind.equals("tar") ? "linux-x86_64" : "linux-arm_64";
        var torn = cache.resolve("torn." + kind);
        try (var whole = Archive.of(platform).orElseThrow().place().openStream()) {
            Files.write(torn, whole.readNBytes(100_000));
        }
        var archive = new Archive(torn.toUri().toURL());

        assertThatThrownBy(() -> Binaries.unpack(archive, cache.resolve("unpacked")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_platform_without_an_archive_is_named() {
        assertThatThrownBy(() -> Binaries.unpackedIn(cache, "plan9-mips"))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("plan9-mips");
    }
}
