package dev.kedge.cli;

import dev.kedge.api.MemberBody;
import dev.kedge.api.MemberPage;
import dev.kedge.api.MemberView;
import dev.kedge.api.RoleBody;
import dev.kedge.api.RoleView;
import dev.kedge.api.RolesView;
import dev.kedge.api.UserBody;
import dev.kedge.api.UserChangeBody;
import dev.kedge.api.UserPage;
import dev.kedge.api.UserView;
import dev.kedge.cli.terminal.Table;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge users …}, {@code members …} and {@code roles …} */
final class PeopleCommands {

    private static final String USERS = "/v1/users";
    private static final String ROLES = "/v1/roles";

    private PeopleCommands() {}

    private static String user(String id) {
        return USERS + "/" + Remote.escaped(id);
    }

    @Command(
            name = "create",
            description = "Adds a user. The password is asked for, or read from standard input.")
    static final class AddUser extends RemoteCommand {

        @Parameters(paramLabel = "EMAIL")
        String email = "";

        AddUser(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var body = new UserBody(email, Password.ask("Password", around().in()));
            return show(
                    remote.post(USERS, body),
                    UserView.class,
                    made -> say("user %s  %s".formatted(made.id(), made.email())));
        }
    }

    @Command(name = "list", description = "The users, by e-mail address.")
    static final class ListUsers extends RemoteCommand {

        @Mixin private final PageOptions page = new PageOptions();

        ListUsers(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(remote.get(USERS + page.query()), UserPage.class, this::print);
        }

        private void print(UserPage users) {
            if (users.items().isEmpty()) {
                say("No users. Add one: kedge users create EMAIL");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("USER")
                            .elastic("EMAIL")
                            .text("ENABLED")
                            .text("SIGNED IN");
            for (var user : users.items()) {
                table.row(
                        user.id(),
                        user.email(),
                        user.enabled() ? "yes" : "no",
                        ago(user.lastSignInAt()));
            }
            table.print();
            page.sayNext(this, users.nextCursor());
        }
    }

    /** Changes one thing about a user. */
    abstract static class ChangeUser extends RemoteCommand {

        @Parameters(paramLabel = "USER", description = "The id.")
        String user = "";

        ChangeUser(Surroundings around) {
            super(around);
        }

        abstract UserChangeBody change();

        @Override
        final int run(Remote remote) {
            return show(
                    remote.patch(user(user), change()),
                    UserView.class,
                    now ->
                            say(
                                    "user %s  %s  %s"
                                            .formatted(
                                                    now.id(),
                                                    now.email(),
                                                    now.enabled() ? "enabled" : "disabled")));
        }
    }

    @Command(name = "disable", description = "Signs a user out, and lets the user in no more.")
    static final class DisableUser extends ChangeUser {

        DisableUser(Surroundings around) {
            super(around);
        }

        @Override
        UserChangeBody change() {
            return new UserChangeBody(false, null);
        }
    }

    @Command(name = "enable", description = "Lets a user in again.")
    static final class EnableUser extends ChangeUser {

        EnableUser(Surroundings around) {
            super(around);
        }

        @Override
        UserChangeBody change() {
            return new UserChangeBody(true, null);
        }
    }

    @Command(
            name = "password",
            description = "Gives a user another password and signs the user out everywhere.")
    static final class SetPassword extends ChangeUser {

        SetPassword(Surroundings around) {
            super(around);
        }

        @Override
        UserChangeBody change() {
            return new UserChangeBody(null, Password.ask("New password", around().in()));
        }
    }

    @Command(name = "delete", description = "Removes a user; what the user submitted stays.")
    static final class RemoveUser extends RemoteCommand {

        @Parameters(paramLabel = "USER", description = "The id.")
        String user = "";

        RemoveUser(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete(user(user));
            if (!json) {
                say("user %s is removed".formatted(user));
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "Who belongs to the namespace.")
    static final class ListMembers extends RemoteCommand {

        @Mixin private final PageOptions page = new PageOptions();

        ListMembers(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("members") + page.query()),
                    MemberPage.class,
                    this::print);
        }

        private void print(MemberPage members) {
            if (members.items().isEmpty()) {
                say("No members. Add one: kedge members set EMAIL --role authenticated");
                return;
            }
            var table =
                    new Table(terminal())
                            .elastic("PRINCIPAL")
                            .elastic("EMAIL")
                            .text("ROLE")
                            .text("SINCE");
            for (var member : members.items()) {
                table.row(
                        member.principal(),
                        member.email() == null ? "-" : member.email(),
                        member.role(),
                        ago(member.since()));
            }
            table.print();
            page.sayNext(this, members.nextCursor());
        }
    }

    @Command(name = "set", description = "Makes somebody a member, or gives another role.")
    static final class SetMember extends RemoteCommand {

        @Parameters(
                paramLabel = "WHO",
                description = "An e-mail address, user:ID, or external:ISSUER:SUBJECT.")
        String who = "";

        @Option(names = "--role", paramLabel = "ROLE", required = true)
        String role = "";

        SetMember(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.put(remote.path("members", who), new MemberBody(role)),
                    MemberView.class,
                    now -> say("%s is %s now".formatted(now.principal(), now.role())));
        }
    }

    @Command(name = "remove", description = "Ends a membership.")
    static final class RemoveMember extends RemoteCommand {

        @Parameters(paramLabel = "WHO")
        String who = "";

        RemoveMember(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete(remote.path("members", who));
            if (!json) {
                say("%s is no member any more".formatted(who));
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "The roles, built-in ones first.")
    static final class ListRoles extends RemoteCommand {

        ListRoles(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(remote.get(ROLES), RolesView.class, this::print);
        }

        private void print(RolesView roles) {
            var table = new Table(terminal()).text("ROLE").text("SEES").elastic("MAY");
            for (var role : roles.items()) {
                table.row(role.name(), role.sees(), String.join(" ", role.permissions()));
            }
            table.print();
        }
    }

    @Command(
            name = "define",
            description = "Defines a role, or replaces its definition.",
            footer = {"", "Example: kedge roles define reader --permission jobs:read --sees all"})
    static final class DefineRole extends RemoteCommand {

        @Parameters(paramLabel = "ROLE")
        String role = "";

        @Option(names = "--permission", paramLabel = "P", description = "May be repeated.")
        List<String> permissions = List.of();

        @Option(
                names = "--sees",
                paramLabel = "own|all",
                description = "Whose runs its holders see (own).")
        RoleBody.Sight sees = RoleBody.Sight.OWN;

        DefineRole(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.put(ROLES + "/" + Remote.escaped(role), new RoleBody(permissions, sees)),
                    RoleView.class,
                    now ->
                            say(
                                    "role %s sees %s and may %s"
                                            .formatted(
                                                    now.name(),
                                                    now.sees(),
                                                    String.join(" ", now.permissions()))));
        }
    }

    @Command(name = "delete", description = "Removes a role; who holds it may do nothing by it.")
    static final class RemoveRole extends RemoteCommand {

        @Parameters(paramLabel = "ROLE")
        String role = "";

        RemoveRole(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete(ROLES + "/" + Remote.escaped(role));
            if (!json) {
                say("role %s is removed".formatted(role));
            }
            return ExitCode.DONE;
        }
    }
}
