package dev.kedge.store;

import dev.kedge.model.KedgeException;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** The schema that Kedge keeps its tables in, and its versions. */
public final class Schema {

    /** One numbered change of the schema, and where it stands: for example Success or Pending. */
    public record Change(String version, String description, String state) {}

    private final Flyway flyway;

    public Schema(Db db) {
        this.flyway =
                Flyway.configure(Schema.class.getClassLoader())
                        .dataSource(db.source())
                        .schemas("kedge")
                        .defaultSchema("kedge")
                        .table("schema_change")
                        .locations("classpath:dev/kedge/migration")
                        .cleanDisabled(true)
                        .failOnMissingLocations(true)
                        .load();
    }

    /** Brings the schema up to date; servers that start together wait for each other. */
    public void migrate() {
        try {
            flyway.migrate();
        } catch (FlywayException failed) {
            throw new KedgeException.Unavailable(
                    "the schema cannot be brought up to date: " + failed.getMessage(), failed);
        }
    }

    /** Every change this version of Kedge knows, and those it does not know but found applied. */
    public List<Change> changes() {
        return Arrays.stream(flyway.info().all()).map(Schema::change).toList();
    }

    private static Change change(MigrationInfo info) {
        return new Change(
                String.valueOf(info.getVersion()),
                info.getDescription(),
                info.getState().getDisplayName());
    }
}
