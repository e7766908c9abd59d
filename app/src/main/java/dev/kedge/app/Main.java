package dev.kedge.app;

import dev.kedge.cli.ClientCommands;
import dev.kedge.cli.CommandFailure;
import dev.kedge.cli.ExitCode;
import dev.kedge.cli.Menu;
import dev.kedge.cli.Surroundings;
import dev.kedge.cli.terminal.Style;
import dev.kedge.cli.terminal.Terminal;
import dev.kedge.model.KedgeException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;

/** {@code kedge}, the program. */
public final class Main {

    @Command(
            name = "kedge",
            description = "Durable background jobs on PostgreSQL.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            synopsisSubcommandLabel = "COMMAND",
            footer = {
                "",
                "Start here:  kedge demo          a real job, a kill on the way, a checked result",
                "             kedge dev           a server for this folder's jobs/",
                "",
                "Ends with 0 done, 1 run failed, 2 usage, 3 refused, 4 not found, 5 conflict,",
                "6 server unreachable. Every command takes --help."
            })
    private static final class Kedge {}

    private Main() {}

    public static void main(String[] arguments) {
        var environment = System.getenv();
        var around =
                new Surroundings(
                        Terminal.ofProcess(environment),
                        System.in,
                        environment,
                        () -> DevServerFile.near(Path.of("").toAbsolutePath()),
                        InstantSource.system());
        System.exit(run(around, arguments));
    }

    /** Runs one command and returns its {@link ExitCode}. */
    static int run(Surroundings around, String... arguments) {
        var kedge = new CommandLine(new Kedge());
        var menu = new Menu(kedge, arguments);
        ServerCommands.addTo(menu, around);
        ClientCommands.addTo(menu, around);
        var style = around.terminal().style();
        return kedge.setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // @file means a payload here, not further arguments.
                .setOut(new PrintWriter(around.terminal().out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(around.terminal().err(), true, StandardCharsets.UTF_8))
                .setColorScheme(
                        Help.defaultColorScheme(
                                style == Style.PLAIN ? Help.Ansi.OFF : Help.Ansi.ON))
                .setExecutionExceptionHandler((thrown, _, _) -> explain(thrown, around.terminal()))
                .execute(arguments);
    }

    private static int explain(Exception thrown, Terminal terminal) {
        var err = terminal.err();
        var kedge = terminal.style().red("kedge:") + " ";
        // Not a switch over types: setting one up costs a command 30 ms.
        if (thrown instanceof CommandFailure failure) {
            err.println(kedge + failure.text());
            return failure.exitCode();
        }
        if (thrown instanceof KedgeException refused) {
            err.println(kedge + refused.getMessage());
            return ExitCode.REFUSED;
        }
        err.println(kedge + "a fault of Kedge itself; please report it");
        thrown.printStackTrace(err);
        return ExitCode.FAULT;
    }

    /** As it stands in the manifest of the jar. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"kedge " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
