package dev.kedge.app;

import dev.kedge.api.Json;
import dev.kedge.cli.ExitCode;
import dev.kedge.cli.Surroundings;
import dev.kedge.cli.terminal.Table;
import dev.kedge.embedded.EmbeddedConfig;
import dev.kedge.embedded.EmbeddedPostgres;
import dev.kedge.store.Db;
import dev.kedge.store.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kedge migrate …}: a server migrates by itself; this is for doing it beforehand. */
final class MigrateCommands {

    private static final String PENDING = "Pending";

    private MigrateCommands() {}

    /** What {@code --json} prints. */
    record Changes(List<Schema.Change> items) {}

    @Command(name = "plan", description = "The changes that 'up' would make.")
    static final class Plan extends Migration {
        Plan(Surroundings around) {
            super(around);
        }

        @Override
        List<Schema.Change> of(Schema schema) {
            return pending(schema);
        }
    }

    @Command(name = "up", description = "Brings the schema up to date; prints what was changed.")
    static final class Up extends Migration {
        Up(Surroundings around) {
            super(around);
        }

        @Override
        List<Schema.Change> of(Schema schema) {
            var plan = pending(schema).stream().map(Schema.Change::version).toList();
            schema.migrate();
            return schema.changes().stream()
                    .filter(change -> plan.contains(change.version()))
                    .toList();
        }
    }

    @Command(name = "status", description = "Every change, and where it stands.")
    static final class Status extends Migration {
        Status(Surroundings around) {
            super(around);
        }

        @Override
        List<Schema.Change> of(Schema schema) {
            return schema.changes();
        }
    }

    /** Something done with the schema of the database that the options name. */
    abstract static class Migration implements Callable<Integer> {

        private final Surroundings around;

        @Mixin private final ServerOptions options = new ServerOptions();

        @Option(names = "--json", description = "Print JSON on standard output.")
        boolean json;

        Migration(Surroundings around) {
            this.around = around;
        }

        abstract List<Schema.Change> of(Schema schema);

        @Override
        public Integer call() {
            var settings = Settings.of(options, around.environment());
            print(with(settings, this::of));
            return ExitCode.DONE;
        }

        private void print(List<Schema.Change> changes) {
            var terminal = around.terminal();
            if (json) {
                var line = Json.write(new Changes(changes));
                terminal.out().println(new String(line, StandardCharsets.UTF_8));
            } else if (changes.isEmpty()) {
                terminal.out().println("the schema is up to date");
            } else {
                var table = new Table(terminal).text("VERSION").text("STATE").elastic("CHANGE");
                changes.forEach(change ->
                        table.row(change.version(), change.state(), change.description()));
                table.print();
            }
        }
    }

    private static List<Schema.Change> pending(Schema schema) {
        return schema.changes().stream().filter(change -> change.state().equals(PENDING)).toList();
    }

    private static <T> T with(Settings settings, Function<Schema, T> act) {
        return switch (settings.database()) {
            case Database.External(var url, var user, var password) -> on(url, user, password, act);
            case Database.Embedded(var folder) -> {
                Assembly.makeDataFolder(settings.data());
                try (var postgres = EmbeddedPostgres.start(EmbeddedConfig.in(folder))) {
                    yield on(postgres.jdbcUrl(), postgres.user(), postgres.password(), act);
                }
            }
        };
    }

    private static <T> T on(String url, String user, String password, Function<Schema, T> act) {
        try (var db = Db.connect(url, user, password)) {
            return act.apply(new Schema(db));
        }
    }
}
