package dev.kedge.store;

import dev.kedge.embedded.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A database of a test class's own, with the schema in it. Its owner is what an operator would give
 * Kedge: no superuser, and row security holds for it.
 */
record TestDb(String url, Db db) {

    static final String OWNER = "kedge_owner";
    private static final String PASSWORD = "of-a-throw-away-server";

    static TestDb fresh() {
        var url = TestPostgres.freshDatabase("kedge", TestDb::migrate);
        own(url);
        return new TestDb(url, Db.connect(url, OWNER, PASSWORD));
    }

    private static void migrate(String url) {
        own(url);
        try (var db = Db.connect(url, OWNER, PASSWORD)) {
            new Schema(db).migrate();
        }
    }

    /** Classes run side by side, and roles are the whole server's. */
    private static synchronized void own(String url) {
        try (var connection = asSuperuser(url);
                var statement = connection.createStatement()) {
            if (!statement
                    .executeQuery("select from pg_roles where rolname = '%s'".formatted(OWNER))
                    .next()) {
                statement.execute(
                        "create role %s login createrole password '%s'".formatted(OWNER, PASSWORD));
            }
            statement.execute(
                    "alter database %s owner to %s".formatted(connection.getCatalog(), OWNER));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the owner of the tables, who is subject to row security. */
    Connection asOwner() throws SQLException {
        return DriverManager.getConnection(url, OWNER, PASSWORD);
    }

    Connection asSuperuser() throws SQLException {
        return asSuperuser(url);
    }

    private static Connection asSuperuser(String url) throws SQLException {
        return DriverManager.getConnection(
                url, TestPostgres.shared().user(), TestPostgres.shared().password());
    }
}
