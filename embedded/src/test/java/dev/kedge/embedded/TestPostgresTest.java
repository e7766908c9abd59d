package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TestPostgresTest {

    private final EmbeddedPostgres server = TestPostgres.shared();

    @Test
    void each_database_is_new_and_empty() {
        run(TestPostgres.freshDatabase(), "create table mine (n int)");
        run(TestPostgres.freshDatabase(), "create table mine (n int)");
    }

    @Test
    void a_clone_has_what_its_template_has_and_is_on_its_own() {
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
    void what_all_begin_with_is_made_once() {
        Consumer<String> once = url -> run(url, "create table seeded as select 7 as n");

        run(TestPostgres.freshDatabase("seeded", once), "drop table seeded");
        run(TestPostgres.freshDatabase("seeded", _ -> fail("again")), "select n from seeded");
    }

    @Test
    void a_database_is_dropped_from_under_its_users() throws Exception {
        try (var connection = connect(server.createDatabase("crowded"))) {
            server.dropDatabase("crowded");
            assertThat(connection.isValid(1)).isFalse();
        }
    }

    private void run(String url, String statement) {
        try (var connection = connect(url);
                var sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private java.sql.Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, server.user(), server.password());
    }
}
