package dev.kedge.bench;

import java.sql.SQLException;

/** Something that is measured on one database. What it can do is said by those who extend this. */
interface Subject extends AutoCloseable {

    @Override
    void close() throws SQLException;
}
