package dev.kedge.store;

import dev.kedge.model.KedgeException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import org.postgresql.util.PSQLException;

/** The one place that reads SQLSTATEs (PostgreSQL manual, appendix A; KDG.. are our own). */
final class SqlErrors {

    private SqlErrors() {}

    static KedgeException translate(SQLException failed) {
        var state = Objects.requireNonNullElse(failed.getSQLState(), "");
        var text = String.valueOf(failed.getMessage());
        if (state.equals("P0002")) {
            return new KedgeException.NotFound("job", constraintOrText(failed));
        }
        if (state.equals("23505") && text.contains("business_key_taken")) {
            return new KedgeException.Conflict(
                    "key_taken", "key: an active run of this job has it already", null);
        }
        if (state.equals("22032")) {
            return new KedgeException.Invalid("payload", constraintOrText(failed));
        }
        if (state.equals("KDG01")) {
            return new KedgeException.Exceeded(constraintOrText(failed));
        }
        if (passing(failed, state)) {
            return new KedgeException.Unavailable("the database did not answer: " + text, failed);
        }
        return new KedgeException.Internal("the database refused a statement: " + text, failed);
    }

    /** Connection lost or refused, server stopping or full, deadlock, time-out: try again later. */
    private static boolean passing(SQLException failed, String state) {
        return failed instanceof SQLTransientConnectionException
                || state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57")
                || state.startsWith("40")
                || state.equals("55P03")
                || state.equals("25006");
    }

    private static String constraintOrText(SQLException failed) {
        return failed instanceof PSQLException server && server.getServerErrorMessage() != null
                ? String.valueOf(server.getServerErrorMessage().getMessage())
                : String.valueOf(failed.getMessage());
    }
}
