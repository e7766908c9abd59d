package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedPostgresTest {

    @TempDir static Path folder; // One for all tests: to make a data folder takes a second.

    @Test
    void what_was_committed_is_there_after_a_restart() throws Exception {
        try (var server = open()) {
            Sql.run(server, "create table kept as select 42 as answer");
        }
        try (var server = open()) {
            assertThat(Sql.ask(server, "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void is_durable_without_being_asked() throws Exception {
        try (var server = open();
                var connection = Sql.connect(server)) {
            assertThat(Sql.ask(connection, "show fsync")).isEqualTo("on");
            assertThat(Sql.ask(connection, "show full_page_writes")).isEqualTo("on");
            assertThat(Sql.ask(connection, "show synchronous_commit")).isEqualTo("on");
            assertThat(Sql.ask(connection, "show data_checksums")).isEqualTo("on");
        }
    }

    @ParameterizedTest
    @CsvSource({"fsync", "full_page_writes", "synchronous_commit"})
    void refuses_to_serve_if_a_crash_could_lose_commits(String setting) throws Exception {
        assertThatThrownBy(() ->
                        EmbeddedPostgres.start(
                                EmbeddedConfig.in(folder).withSettings(Map.of(setting, "off"))))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining(setting + " is off");
        assertThat(new Leftovers(folder.resolve("pg")).processes()).isEmpty();
    }

    @Test
    void notices_that_the_database_was_altered_to_lose_commits(@TempDir Path altered)
            throws Exception {
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(altered))) {
            Sql.run(server, "alter database kedge set synchronous_commit = off");
        }
        assertThatThrownBy(() -> EmbeddedPostgres.start(EmbeddedConfig.in(altered)))
                .hasMessageContaining("synchronous_commit is off");
    }

    @Test
    void lets_nobody_in_without_the_password() throws Exception {
        try (var server = open()) {
            assertThatThrownBy(() ->
                            DriverManager.getConnection(server.jdbcUrl(), server.user(), "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(Sql.ask(server, "select distinct auth_method from pg_hba_file_rules"))
                    .isEqualTo("scram-sha-256");
            assertThat(Files.getPosixFilePermissions(folder.resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void listens_on_loopback_and_on_a_private_socket_alone() throws Exception {
        try (var server = open();
                var connection = Sql.connect(server)) {
            assertThat(Sql.ask(connection, "show listen_addresses")).isEqualTo("127.0.0.1");
            var sockets = Path.of(Sql.ask(connection, "show unix_socket_directories"));
            assertThat(sockets.resolve(".s.PGSQL." + server.port())).exists();
            assertThat(Files.getPosixFilePermissions(sockets))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void works_below_a_folder_that_only_we_may_enter() throws Exception {
        var closed =
                Files.createDirectory(
                        folder.resolve("closed"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(closed.resolve("data")))) {
            assertThat(Sql.ask(server, "select 1")).isEqualTo("1");
            assertThat(Folders.owner(closed.resolve("data").resolve("pg"))).isNotZero();
        }
    }

    @Test
    void takes_the_port_and_the_settings_it_is_given() throws Exception {
        var port = Ports.anyFree();
        var config =
                EmbeddedConfig.in(folder).withPort(port).withSettings(Map.of("work_mem", "7MB"));
        try (var server = EmbeddedPostgres.start(config)) {
            assertThat(server.jdbcUrl())
                    .isEqualTo("jdbc:postgresql://127.0.0.1:" + port + "/kedge");
            assertThat(Sql.ask(server, "show work_mem")).isEqualTo("7MB");
        }
    }

    @Test
    void closing_ends_the_server_and_twice_does_no_harm() throws Exception {
        var server = open();
        var process = ProcessHandle.of(server.postmasterPid()).orElseThrow();
        server.close();
        server.close();

        process.onExit().join(); // One that was killed is ours to reap, which takes a moment.
        assertThat(new Leftovers(folder.resolve("pg")).processes()).isEmpty();
    }

    @Test
    void closes_although_interrupted_and_stays_interrupted() throws Exception {
        var server = open();
        Thread.currentThread().interrupt();
        server.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(new Leftovers(folder.resolve("pg")).processes()).isEmpty();
    }

    @Test
    void runs_the_major_version_it_takes_itself_for() throws Exception {
        try (var server = open()) {
            assertThat(Sql.ask(server, "show server_version_num"))
                    .startsWith(Integer.toString(Binaries.MAJOR));
        }
    }

    private static EmbeddedPostgres open() {
        return EmbeddedPostgres.start(EmbeddedConfig.in(folder));
    }
}
