package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.KeyRotationBody;
import dev.kedge.api.KeyRotationView;
import dev.kedge.api.SecretBody;
import dev.kedge.api.SecretPage;
import dev.kedge.api.SecretView;
import dev.kedge.cli.terminal.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge secrets …} */
final class SecretsCommands {

    private SecretsCommands() {}

    /** Whose secret. */
    static final class Owner {

        @Option(
                names = "--user",
                paramLabel = "PRINCIPAL",
                description = "For the runs that this one submits, before all others.")
        @Nullable String user;

        @Option(
                names = "--system",
                description = "For the runs of every namespace, behind all others.")
        boolean system;

        String path(Remote remote, String... rest) {
            if (system && user != null) {
                throw CommandFailure.usage("--user, --system: the system has no users");
            }
            return system ? systemPath(rest) : remote.path(withSecrets(rest));
        }

        /** Of a query. */
        String part() {
            return Remote.part("user", user);
        }

        String query() {
            return user == null ? "" : "?" + part();
        }

        private static String systemPath(String... rest) {
            var path = new StringBuilder("/v1/secrets");
            for (var part : rest) {
                path.append('/').append(Remote.escaped(part));
            }
            return path.toString();
        }

        private static String[] withSecrets(String... rest) {
            var parts = new String[rest.length + 1];
            parts[0] = "secrets";
            System.arraycopy(rest, 0, parts, 1, rest.length);
            return parts;
        }
    }

    @Command(
            name = "set",
            description = "Sets a secret. Its value is asked for, or read from standard input.",
            footer = {
                "",
                "Examples: kedge secrets set stripe_api_key",
                "          kedge secrets set tls_key <key.pem",
                "One line break at the end is not part of the value."
            })
    static final class Set extends RemoteCommand {

        /** Values below this are not taken out of logs: they are met everywhere. */
        private static final int HIDDEN_CHARS_MIN = 6;

        @Parameters(paramLabel = "NAME")
        String name = "";

        @Mixin private final Owner owner = new Owner();

        Set(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var value = Input.secret("Value of " + name, around().in());
            return show(
                    remote.put(owner.path(remote, name) + owner.query(), new SecretBody(value)),
                    SecretView.class,
                    set -> {
                        say("secret %s is set, version %d".formatted(set.name(), set.version()));
                        if (value.length() < HIDDEN_CHARS_MIN) {
                            say(
                                    style().yellow("note:")
                                            + " a value this short is not hidden in logs");
                        }
                    });
        }
    }

    @Command(name = "list", description = "The names of secrets; nobody is shown a value.")
    static final class ListThem extends RemoteCommand {

        @Mixin private final Owner owner = new Owner();

        @Mixin private final PageOptions page = new PageOptions();

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(owner.path(remote) + page.query(owner.part())),
                    SecretPage.class,
                    this::print);
        }

        private void print(SecretPage secrets) {
            if (secrets.items().isEmpty()) {
                say("No secrets. Set one: kedge secrets set NAME");
                return;
            }
            var table =
                    new Table(terminal()).elastic("NAME").text("VERSION").text("SET").elastic("BY");
            for (var secret : secrets.items()) {
                table.row(
                        secret.name(),
                        String.valueOf(secret.version()),
                        ago(secret.setAt()),
                        secret.setBy());
            }
            table.print();
            page.sayNext(this, secrets.nextCursor());
        }
    }

    @Command(name = "delete", description = "Removes a secret.")
    static final class Delete extends RemoteCommand {

        @Parameters(paramLabel = "NAME")
        String name = "";

        @Mixin private final Owner owner = new Owner();

        Delete(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            remote.delete(owner.path(remote, name) + owner.query());
            return show(
                    Json.write(new TriggersCommands.Deleted(name)),
                    TriggersCommands.Deleted.class,
                    gone -> say("secret %s is gone".formatted(gone.deleted())));
        }
    }

    @Command(
            name = "rotate",
            description = {
                "Puts a new key into use for the keys of secrets, and wraps these anew.",
                "A pass that was broken off is gone on with by the next one."
            })
    static final class Rotate extends RemoteCommand {

        @Option(
                names = "--data-keys",
                description = "Seal every secret anew too, under a new key of its namespace.")
        boolean dataKeys;

        Rotate(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post("/v1/secret-keys/rotate", new KeyRotationBody(dataKeys)),
                    KeyRotationView.class,
                    this::print);
        }

        private void print(KeyRotationView done) {
            say(
                    "key %s wraps now; %d data keys were wrapped anew, %d secrets sealed anew"
                            .formatted(done.current(), done.rewrapped(), done.resealed()));
            if (done.unreadable() + done.stuck() > 0) {
                say(
                        style().yellow("warning:")
                                + " %d data keys and %d secrets cannot be opened; the key that"
                                        .formatted(done.unreadable(), done.stuck())
                                + " wrapped them is missing (the server's log names it)");
            }
        }
    }
}
