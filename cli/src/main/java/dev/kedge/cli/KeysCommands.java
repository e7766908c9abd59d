package dev.kedge.cli;

import dev.kedge.api.KeyBody;
import dev.kedge.api.KeyView;
import dev.kedge.api.KeysView;
import dev.kedge.cli.terminal.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge keys …} */
final class KeysCommands {

    private static final String ALL = "/v1/keys";

    private KeysCommands() {}

    @Command(
            name = "create",
            description = "Makes an API key for the namespace. Its secret is shown this once.",
            footer = {
                "",
                "Example: kedge keys create mailer --permission jobs:write/send-mail --expires 90d"
            })
    static final class Create extends RemoteCommand {

        @Parameters(paramLabel = "NAME", description = "For people.")
        String name = "";

        @Option(
                names = "--permission",
                paramLabel = "P",
                description = "What it is good for; may be repeated (all that its role allows).")
        @Nullable List<String> permissions;

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "What it may do at most (admin).")
        @Nullable String role;

        @Option(
                names = "--expires",
                paramLabel = "DURATION",
                description = "After which it opens nothing any more (never).")
        @Nullable String expires;

        @Option(
                names = "--everywhere",
                description = "Reaches every namespace; with --role service_role for services.")
        boolean everywhere;

        Create(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var body =
                    new KeyBody(name, role, permissions, null, everywhere ? true : null, expires);
            var answer = remote.post(everywhere ? ALL : remote.path("keys"), body);
            return show(answer, KeyView.class, this::print);
        }

        private void print(KeyView key) {
            say(String.valueOf(key.key()));
            terminal()
                    .err()
                    .printf(
                            "Key %s (%s), shown this once. Use it as KEDGE_API_KEY.%n",
                            key.id(), key.name());
        }
    }

    @Command(name = "list", description = "The keys that reach the namespace, newest first.")
    static final class ListThem extends RemoteCommand {

        @Option(names = "--everywhere", description = "All keys of the installation.")
        boolean everywhere;

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(everywhere ? ALL : remote.path("keys")),
                    KeysView.class,
                    this::print);
        }

        private void print(KeysView keys) {
            if (keys.items().isEmpty()) {
                say("No keys. Make one: kedge keys create NAME");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("KEY")
                            .elastic("NAME")
                            .text("BEGINS")
                            .text("REACHES")
                            .text("ROLE")
                            .elastic("FOR")
                            .text("STATE")
                            .text("USED");
            for (var key : keys.items()) {
                table.row(
                        key.id(),
                        key.name(),
                        key.hint(),
                        key.namespaces() == null ? "all" : String.join(" ", key.namespaces()),
                        key.role(),
                        key.permissions() == null ? "-" : String.join(" ", key.permissions()),
                        state(key),
                        ago(key.lastUsedAt()));
            }
            table.print();
        }

        private String state(KeyView key) {
            if (key.revokedAt() != null) {
                return "revoked";
            }
            var expires = key.expiresAt();
            return expires != null && expires.isBefore(around().clock().instant())
                    ? "expired"
                    : "valid";
        }
    }

    @Command(name = "revoke", description = "Ends a key for good, within ten seconds everywhere.")
    static final class Revoke extends RemoteCommand {

        @Parameters(paramLabel = "KEY", description = "Its id, never the secret.")
        String key = "";

        @Option(names = "--everywhere", description = "One that reaches other namespaces, too.")
        boolean everywhere;

        Revoke(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete(everywhere ? ALL + "/" + Remote.escaped(key) : remote.path("keys", key));
            if (!json) {
                say("key %s opens nothing any more".formatted(key));
            }
            return ExitCode.DONE;
        }
    }
}
