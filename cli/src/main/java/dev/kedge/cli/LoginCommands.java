package dev.kedge.cli;

import dev.kedge.api.RoleView;
import dev.kedge.api.SessionView;
import dev.kedge.api.SignInBody;
import dev.kedge.api.WhoView;
import dev.kedge.cli.terminal.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kedge login}, {@code logout} and {@code whoami}. */
final class LoginCommands {

    private LoginCommands() {}

    @Command(
            name = "login",
            description = "Signs a user in, until logout. The password is asked for, or read.",
            footer = {"", "Example: kedge login ada@example.com < password.txt"})
    static final class SignIn extends RemoteCommand {

        @Parameters(paramLabel = "EMAIL")
        String email = "";

        SignIn(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var login =
                    Login.of(around())
                            .orElseThrow(() ->
                                    CommandFailure.refused(
                                            "there is no HOME to keep the session in"));
            var body = new SignInBody(email, Password.ask("Password", around().in()));
            var session = Remote.read(remote.post("/v1/sign-in", body), SessionView.class);
            login.keep(remote.base().toString(), session);
            say("Signed in to %s as %s".formatted(remote.base(), email));
            return ExitCode.DONE;
        }
    }

    @Command(name = "logout", description = "Signs out.")
    static final class SignOut extends RemoteCommand {

        SignOut(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete("/v1/session");
            Login.of(around()).ifPresent(login -> login.forget(remote.base().toString()));
            say("Signed out of " + remote.base());
            return ExitCode.DONE;
        }
    }

    @Command(name = "whoami", description = "Who asks, and what that one may do.")
    static final class WhoAmI extends RemoteCommand {

        WhoAmI(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(remote.get("/v1/whoami"), WhoView.class, this::print);
        }

        private void print(WhoView who) {
            say(who.email() == null ? who.principal() : who.principal() + "  " + who.email());
            var table =
                    new Table(terminal())
                            .text("NAMESPACE")
                            .text("ROLE")
                            .text("SEES")
                            .elastic("MAY");
            if (who.everywhere() != null) {
                row(table, "(every one)", who.everywhere());
            }
            who.memberships().forEach(in -> row(table, in.namespace(), in.role()));
            table.print();
        }

        private static void row(Table table, String namespace, RoleView role) {
            table.row(namespace, role.name(), role.sees(), String.join(" ", role.permissions()));
        }
    }
}
