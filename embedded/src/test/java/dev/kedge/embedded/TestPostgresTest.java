package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class TestPostgresTest {

    private final EmbeddedPostgres server = TestPostgres.shared();

    @Test
    void each_database_is_new_and_empty() throws Exception {
        run(TestPostgres.freshDatabase(), "create table mine (n int)");
        run(TestPostgres.freshDatabase(), "create table mine (n int)");
    }

    @Test
    void a_clone_has_what_its_template_has_and_is_on_its_own() throws Exception {
        var template = "the \"template\"";
        run(server.createDatabase("plain"), "create table seeded as select 7 as n");
        server.cloneTemplate("plain", template);

        run(TestPostgres.freshDatabase(template), "drop table seeded");
        run(TestPostgres.freshDatabase(template), "select n from seeded");

        server.dropDatabase(template);
        assertThatThrownBy(() -> TestPostgres.freshDatabase(template))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void a_database_is_dropped_from_under_its_users() throws Exception {
        try (var connection = connect(server.createDatabase("crowded"))) {
            server.dropDatabase("crowded");
            assertThat(connection.isValid(1)).isFalse();
        }
    }

    private void run(String url, String statement) throws SQLException {
        try (var connection = connect(url);
                var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    private java.sql.Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, server.user(), server.password());
    }
}
