package dev.kedge.store;

import dev.kedge.model.KedgeException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A connection kept aside for one thread; opened anew after it broke. */
public final class Line implements AutoCloseable {

    private final DataSource source;
    private final Duration patience;
    private @Nullable Connection connection;

    Line(DataSource source, Duration patience) {
        this.source = source;
        this.patience = patience;
    }

    /** Runs one round trip of statements that commits by itself. */
    public <T> T autocommit(Function<Tx, T> work) {
        try {
            return work.apply(new Tx(open()));
        } catch (KedgeException failed) {
            close();
            throw failed;
        } catch (SQLException failed) {
            close();
            throw SqlErrors.translate(failed);
        }
    }

    private Connection open() throws SQLException {
        if (connection == null) {
            connection = source.getConnection();
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, (int) patience.toMillis());
        }
        return connection;
    }

    @Override
    public void close() {
        var broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException gone) {
                // It broke, which is why it is closed.
            }
        }
    }
}
