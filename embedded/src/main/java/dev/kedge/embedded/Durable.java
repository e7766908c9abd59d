package dev.kedge.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The settings without which a committed transaction may be lost. */
final class Durable {

    static final List<String> SETTINGS = List.of("fsync", "full_page_writes", "synchronous_commit");

    private Durable() {}

    /** Asks the server itself: a setting has many sources, and what counts is what came of them. */
    static void check(Connection connection) throws SQLException {
        try (var settings =
                connection.prepareStatement(
                        "select name from pg_settings where name = any(?) and setting = 'off'")) {
            settings.setArray(1, connection.createArrayOf("text", SETTINGS.toArray()));
            try (var off = settings.executeQuery()) {
                if (off.next()) {
                    throw new EmbeddedException(
                            ("PostgreSQL would lose committed data in a crash, for %s is off; remove"
                                            + " that setting")
                                    .formatted(off.getString(1)));
                }
            }
        }
    }
}
