package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.cli.DevServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevServerFileTest {

    private static final DevServerFile.Content CONTENT =
            new DevServerFile.Content("http://127.0.0.1:1", "kedge_secret", 42);

    @TempDir private Path folder;

    @Test
    void a_client_finds_the_server_of_the_nearest_folder_above() throws IOException {
        var data = Files.createDirectory(folder.resolve(DevServer.FOLDER));
        DevServerFile.write(data, CONTENT);
        var below = Files.createDirectories(folder.resolve("a/b/c"));

        assertThat(DevServerFile.near(below))
                .contains(new DevServer(data, "http://127.0.0.1:1", "kedge_secret", 42));
    }

    @Test
    void nobody_else_can_read_the_key() throws IOException {
        DevServerFile.write(folder, CONTENT);

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve(DevServer.FILE))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_later_server_takes_the_place_of_an_earlier_one() throws IOException {
        DevServerFile.write(folder, CONTENT);
        var later = new DevServerFile.Content("http://127.0.0.1:2", "kedge_secret", 43);
        DevServerFile.write(folder, later);

        assertThat(DevServerFile.read(folder)).contains(later);
    }

    @Test
    void a_file_that_is_not_ours_is_passed_over() throws IOException {
        Files.writeString(folder.resolve(DevServer.FILE), "{ nonsense");

        assertThat(DevServerFile.read(folder)).isEmpty();
    }
}
