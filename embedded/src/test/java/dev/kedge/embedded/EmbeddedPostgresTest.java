package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    @TempDir Path folder;

    @Test
    void what_was_committed_is_there_after_a_restart() throws Exception {
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(folder))) {
            execute(server, "create table t as select 42 as x");
        }
        try (var server = EmbeddedPostgres.start(EmbeddedConfig.in(folder));
                var connection =
                        DriverManager.getConnection(
                                server.jdbcUrl(), server.user(), server.password());
                var sql = connection.createStatement();
                var row = sql.executeQuery("select x from t")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(42);
        }
    }

    private static void execute(EmbeddedPostgres server, String statement) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                server.jdbcUrl(), server.user(), server.password());
                var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void a_fresh_database_is_empty_and_its_own() throws Exception {
        assertThat(TestPostgres.freshDatabase()).isNotEqualTo(TestPostgres.freshDatabase());
    }
}
