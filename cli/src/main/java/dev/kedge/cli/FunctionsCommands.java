package dev.kedge.cli;

import dev.kedge.api.DeployBody;
import dev.kedge.api.DeploymentView;
import dev.kedge.api.DeploymentsView;
import dev.kedge.api.PromoteBody;
import dev.kedge.cli.terminal.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge functions …} */
final class FunctionsCommands {

    private FunctionsCommands() {}

    @Command(name = "list", description = "The functions and the version of each that is active.")
    static final class ListThem extends RemoteCommand {

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("functions")),
                    DeploymentsView.class,
                    functions -> print(this, functions.items()));
        }
    }

    @Command(name = "versions", description = "The versions of a function, newest first.")
    static final class Versions extends RemoteCommand {

        @Parameters(paramLabel = "FUNCTION")
        String function = "";

        Versions(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("functions", function, "versions")),
                    DeploymentsView.class,
                    versions -> print(this, versions.items()));
        }
    }

    @Command(
            name = "deploy",
            description =
                    "Uploads a TypeScript or JavaScript file as the next version of a function.")
    static final class Deploy extends RemoteCommand {

        @Parameters(paramLabel = "FILE")
        String file = "";

        @Option(
                names = "--name",
                paramLabel = "FUNCTION",
                description = "Its name (else that of the file, without the ending).")
        @Nullable String name;

        @Option(
                names = "--no-promote",
                description = "Runs go on with the version that is active now.")
        boolean unpromoted;

        Deploy(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var code = new String(Input.file("FILE", file), StandardCharsets.UTF_8);
            var answer =
                    remote.post(
                            remote.path("functions", name == null ? nameOf(file) : name),
                            new DeployBody(code, !unpromoted));
            return show(answer, DeploymentView.class, deployed -> say(describe(deployed)));
        }

        private static String nameOf(String file) {
            var name = String.valueOf(Path.of(file).getFileName());
            var dot = name.lastIndexOf('.');
            return dot > 0 ? name.substring(0, dot) : name;
        }
    }

    @Command(name = "promote", description = "Makes a version of a function the active one.")
    static final class Promote extends RemoteCommand {

        @Parameters(index = "0", paramLabel = "FUNCTION")
        String function = "";

        @Parameters(index = "1", paramLabel = "VERSION")
        int version;

        Promote(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(
                            remote.path("functions", function, "promote"),
                            new PromoteBody(version)),
                    DeploymentView.class,
                    promoted -> say(describe(promoted)));
        }
    }

    private static void print(RemoteCommand command, List<DeploymentView> deployments) {
        if (deployments.isEmpty()) {
            command.say("No functions yet. Deploy one: kedge functions deploy FILE");
            return;
        }
        var table =
                new Table(command.terminal())
                        .text("FUNCTION")
                        .number("VERSION")
                        .text("ACTIVE")
                        .text("DEPLOYED")
                        .text("DIGEST");
        for (var deployment : deployments) {
            table.row(
                    deployment.function(),
                    deployment.version(),
                    deployment.active() ? "yes" : "no",
                    command.ago(deployment.deployedAt()),
                    deployment.digest().substring(0, Math.min(12, deployment.digest().length())));
        }
        table.print();
    }

    private static String describe(DeploymentView deployment) {
        return "function %s, version %d, %s"
                .formatted(
                        deployment.function(),
                        deployment.version(),
                        deployment.active() ? "active" : "not active");
    }
}
