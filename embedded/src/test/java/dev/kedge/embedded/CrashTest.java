package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    @TempDir static Path folder;

    @Test
    void a_killed_server_is_back_with_every_commit_it_acknowledged() throws Exception {
        try (var server = open()) {
            Sql.run(server, "drop table if exists acknowledged");
            Sql.run(server, "create table acknowledged (n int)");
            var acknowledged = new ArrayList<Integer>();
            var some = new CountDownLatch(100);
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var connection = Sql.connect(server);
                                        var insert =
                                                connection.prepareStatement(
                                                        "insert into acknowledged"
                                                                + " values (?)")) {
                                    for (var n = 1; ; n++) {
                                        insert.setInt(1, n);
                                        insert.execute();
                                        acknowledged.add(n);
                                        some.countDown();
                                    }
                                } catch (SQLException e) {
                                    // The server is gone.
                                }
                            });
            assertThat(some.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            var killed = kill(server);
            writer.join();
            awaitAnswer(server);

            assertThat(server.postmasterPid()).isNotEqualTo(killed);
            var kept = Integer.parseInt(Sql.ask(server, "select count(*) from acknowledged"));
            // The one that was under way may have made it without our hearing of it.
            assertThat(kept).isBetween(acknowledged.size(), acknowledged.size() + 1);
        }
    }

    @Test
    void a_backend_that_is_busy_does_not_hold_up_the_next_server() throws Exception {
        try (var server = open()) {
            var busy =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Sql.ask(
                                            server,
                                            "select count(*) from generate_series(1,"
                                                    + " 100000000000)");
                                } catch (SQLException e) {
                                    // As it should: its server was killed.
                                }
                            });
            await().atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() ->
                            Sql.ask(
                                            server,
                                            "select count(*) from pg_stat_activity where"
                                                    + " query like '%1000000000%' and pid"
                                                    + " <> pg_backend_pid()")
                                    .equals("1"));
            kill(server);
            awaitAnswer(server);
            busy.join();
        }
    }

    @Test
    void a_server_may_die_again_and_again() throws Exception {
        try (var server = open()) {
            for (var death = 0; death < 3; death++) {
                kill(server);
                awaitAnswer(server);
            }
        }
    }

    @Test
    void the_orphan_of_a_killed_process_makes_way_and_its_data_stays() throws Exception {
        var home = folder.resolve("orphan");
        long orphan;
        try (var neighbour = Neighbour.startOn(home)) {
            var said = neighbour.says();
            assertThat(said).startsWith(Neighbour.RUNS);
            orphan = Long.parseLong(said.substring(Neighbour.RUNS.length()));
            neighbour.kill();
        }
        assertThat(serversOn(home)).as("the server outlives its process").containsExactly(orphan);

        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(home))) {
            assertThat(serversOn(home))
                    .containsExactly(server.postmasterPid())
                    .doesNotContain(orphan);
            assertThat(Sql.ask(server, "select what from left_behind")).isEqualTo("all of it");
        }
    }

    @Test
    void a_process_number_that_is_now_anothers_stops_nobody() throws Exception {
        open().close();
        var home = folder.resolve("data");
        var other =
                Programs.start(
                        Account.forServerOn(home.resolve("pg")).command(List.of("sleep", "60")),
                        folder,
                        folder.resolve("log"));
        try {
            Files.writeString(home.resolve("pg").resolve("postmaster.pid"), other.pid() + "\n");
            try (var server = open()) {
                assertThat(Sql.ask(server, "select 1")).isEqualTo("1");
            }
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly().onExit().join();
        }
    }

    @Test
    void data_whose_making_was_cut_short_is_made_anew() throws Exception {
        var home = Files.createDirectory(folder.resolve("cut-short"));
        Files.createDirectory(home.resolve("pg.unfinished"));
        Files.writeString(home.resolve("pg.unfinished").resolve("PG_VERSION"), "18");
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(home))) {
            assertThat(Sql.ask(server, "select 1")).isEqualTo("1");
        }
    }

    private static EmbeddedPostgres open() {
        return EmbeddedPostgres.start(EmbeddedConfig.in(folder.resolve("data")));
    }

    private static long kill(EmbeddedPostgres server) {
        var pid = server.postmasterPid();
        var process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        return pid;
    }

    private static void awaitAnswer(EmbeddedPostgres server) {
        await().atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> Sql.ask(server, "select 1").equals("1"));
    }

    /**
     * Those processes on the data that no other process on it has started. One that dies meanwhile
     * has no parent any more either; it is told from a server by not being there afterwards.
     */
    private static List<Long> serversOn(Path home) throws IOException {
        var all = new Leftovers(home.resolve("pg")).processes();
        return all.stream()
                .filter(process -> process.parent().filter(all::contains).isEmpty())
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
    }
}
