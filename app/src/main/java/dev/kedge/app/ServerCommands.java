package dev.kedge.app;

import dev.kedge.cli.Menu;
import dev.kedge.cli.Surroundings;
import java.util.LinkedHashMap;
import java.util.function.Supplier;

/** The commands that are the server, or need its parts. */
final class ServerCommands {

    private ServerCommands() {}

    static void addTo(Menu kedge, Surroundings around) {
        kedge.add(
                "demo",
                "A real job, killed on the way, and its result checked.",
                () -> new DemoCommand(around));
        kedge.add(
                "dev",
                "A server for this folder: embedded PostgreSQL, jobs deployed on every change.",
                () -> new ServeCommand(ServeCommand.Mode.DEV, around));
        kedge.add(
                "server",
                "A server; several on one database share the work.",
                () -> new ServeCommand(ServeCommand.Mode.SERVER, around));
        kedge.add(
                "doctor",
                "Looks whether this machine has what Kedge needs.",
                () -> new DoctorCommand(around));
        var migrate = new LinkedHashMap<String, Supplier<?>>();
        migrate.put("plan", () -> new MigrateCommands.Plan(around));
        migrate.put("up", () -> new MigrateCommands.Up(around));
        migrate.put("status", () -> new MigrateCommands.Status(around));
        kedge.add("migrate", "The database's schema.", migrate);
    }
}
