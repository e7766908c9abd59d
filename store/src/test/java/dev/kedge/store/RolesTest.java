package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.model.KedgeException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The roles of the whole server, which every database on it shares. */
class RolesTest {

    private static final String PASSWORD = "of-a-throw-away-server";

    @Test
    void a_login_that_may_not_make_roles_is_told_what_an_administrator_must_say()
            throws SQLException {
        TestDb.fresh(); // Else the roles may not be there yet.
        try (var superuser = superuser();
                var db = databaseOf(superuser, "kedge_modest")) {
            assertThatThrownBy(() -> new Schema(db).migrate())
                    .isInstanceOf(KedgeException.Unavailable.class)
                    .hasMessageContaining("grant kedge_user, kedge_writer to kedge_modest;");

            execute(superuser, "grant kedge_user, kedge_writer to kedge_modest");
            new Schema(db).migrate();

            assertThat(db.autocommit(new JobStore()::catalog)).isEmpty();
        }
    }

    private static Connection superuser() throws SQLException {
        return DriverManager.getConnection(
                TestPostgres.shared().jdbcUrl(),
                TestPostgres.shared().user(),
                TestPostgres.shared().password());
    }

    private static Db databaseOf(Connection superuser, String login) throws SQLException {
        var url = TestPostgres.freshDatabase();
        execute(superuser, "create role %s login password '%s'".formatted(login, PASSWORD));
        execute(
                superuser,
                "alter database %s owner to %s"
                        .formatted(url.substring(url.lastIndexOf('/') + 1), login));
        return Db.connect(url, login, PASSWORD);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
