package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalTest {

    @TempDir static Path folder;

    @Test
    void a_folder_in_use_is_refused_and_stays_in_use() throws Exception {
        var home = folder.resolve("data");
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(home))) {
            assertRefused(EmbeddedConfig.in(home)).hasMessageContaining("in use by this process");
            // Asking must not have let go of the lock, as looking into a locked file can.
            try (var neighbour = Neighbour.startOn(home)) {
                assertThat(neighbour.says())
                        .startsWith(Neighbour.REFUSED)
                        .contains("in use by process " + ProcessHandle.current().pid());
            }
            assertThat(Sql.ask(server, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void a_port_that_is_taken_is_named() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral(Database.HOST))) {
            assertRefused(EmbeddedConfig.in(folder.resolve("data")).withPort(taken.getLocalPort()))
                    .hasMessageContaining("port %d is taken", taken.getLocalPort());
        }
        EmbeddedPostgres.start(EmbeddedConfig.in(folder.resolve("data"))).close();
    }

    @Test
    void data_of_a_newer_version_is_left_alone() throws Exception {
        var home = folder.resolve("newer");
        Files.createDirectories(home.resolve("pg"));
        Files.writeString(home.resolve("pg").resolve("PG_VERSION"), "19\n");
        assertRefused(EmbeddedConfig.in(home))
                .hasMessageContaining("was written by PostgreSQL 19 and this is 18");
    }

    @Test
    void a_folder_of_something_else_is_left_alone() throws Exception {
        var home = folder.resolve("else");
        Files.createDirectories(home.resolve("pg"));
        assertRefused(EmbeddedConfig.in(home)).hasMessageContaining("holds no PostgreSQL data");
    }

    @Test
    void data_that_the_servers_account_may_not_touch_is_named() throws Exception {
        assumeTrue(new UnixSystem().getUid() == 0, "only root can give folders away");
        var home = folder.resolve("roots");
        Files.createDirectories(home.resolve("pg"));
        Files.writeString(home.resolve("pg").resolve("PG_VERSION"), "18\n");
        assertRefused(EmbeddedConfig.in(home))
                .hasMessageContaining("belongs to user 0 and the server would run as user 65534");
    }

    @Test
    void a_file_in_place_of_the_folder_is_named() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        assertRefused(EmbeddedConfig.in(file)).hasMessageContaining(file.toString());
    }

    @Test
    void a_lost_password_is_named() throws Exception {
        var home = Files.createDirectories(folder.resolve("locked-out"));
        EmbeddedPostgres.start(EmbeddedConfig.in(home)).close();
        var password = home.resolve("password");
        Files.writeString(password, "wrong");
        assertRefused(EmbeddedConfig.in(home)).hasMessageContaining("does not take the password");
        Files.delete(password);
        assertRefused(EmbeddedConfig.in(home)).hasMessageContaining("is gone");
    }

    @Test
    void durable_and_throw_away_data_do_not_mix() throws Exception {
        var durable = folder.resolve("data");
        EmbeddedPostgres.start(EmbeddedConfig.in(durable)).close();
        assertRefused(EmbeddedConfig.throwAway(durable)).hasMessageContaining("holds durable data");

        var thrown = Files.createDirectory(folder.resolve("thrown"));
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.throwAway(thrown))) {
            assertThat(Sql.ask(server, "show fsync")).isEqualTo("off");
        }
        assertThat(thrown).doesNotExist();
        Files.createDirectory(thrown);
        Files.createFile(thrown.resolve("throw-away")); // As a crash would leave it.
        assertRefused(EmbeddedConfig.in(thrown)).hasMessageContaining("throw-away server");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            EmbeddedConfig config) {
        return assertThatThrownBy(() -> EmbeddedPostgres.start(config))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageNotContaining("\n");
    }
}
