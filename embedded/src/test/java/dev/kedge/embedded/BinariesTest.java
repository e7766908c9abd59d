package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void a_damaged_archive_is_an_error() {
        var damaged = new byte[1_000];
        assertThatThrownBy(
                        () -> {
                            try (var in = Xz.decoded(new ByteArrayInputStream(damaged))) {
                                in.readAllBytes();
                            }
                        })
                .isInstanceOf(IOException.class);
    }
}
