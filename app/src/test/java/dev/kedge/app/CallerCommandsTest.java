package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.KeyView;
import dev.kedge.api.KeysView;
import dev.kedge.api.UserView;
import dev.kedge.api.WhoView;
import dev.kedge.embedded.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallerCommandsTest {

    private static final String PASSWORD = "correct horse battery\n";

    @TempDir private static Path folder;
    private static Assembly assembly;
    private static Console kedge;

    @BeforeAll
    static void start() {
        var postgres = TestPostgres.shared();
        assembly =
                Servers.start(
                        folder,
                        new Database.External(
                                TestPostgres.freshDatabase(),
                                postgres.user(),
                                postgres.password()));
        kedge = Console.of(assembly, assembly.newKey().orElseThrow());
    }

    @AfterAll
    static void stop() {
        assembly.close();
    }

    @Test
    void a_key_is_made_used_listed_and_ended() {
        var made = kedge.run("keys", "create", "mailer", "-n", "shop", "--permission", "jobs:read");
        var secret = made.out().strip();
        assertThat(secret).matches("kedge_[0-9a-z]{57}");
        assertThat(made.err()).contains("shown this once").doesNotContain(secret);

        var mailer = Console.of(assembly, secret);
        assertThat(mailer.run("whoami").out()).contains("key:", "shop", "jobs:read");
        assertThat(mailer.run("runs", "list", "-n", "shop").exitCode()).isZero();
        assertThat(mailer.run("runs", "list").exitCode()).as("not found").isEqualTo(4);
        assertThat(mailer.run("keys", "list", "-n", "shop").exitCode()).as("refused").isEqualTo(3);

        var listed = kedge.run("keys", "list", "-n", "shop");
        assertThat(listed.out()).contains("mailer", "valid").doesNotContain(secret);
        var keys = kedge.run("keys", "list", "-n", "shop", "--json").as(KeysView.class);
        var id = keys.items().getFirst().id();
        assertThat(kedge.run("keys", "revoke", id, "-n", "shop").exitCode()).isZero();
        assertThat(mailer.run("whoami").exitCode()).isEqualTo(3);
        assertThat(kedge.run("keys", "list", "-n", "shop").out()).contains("revoked");
    }

    @Test
    void a_key_for_a_service_reaches_everything() {
        var made =
                kedge.run(
                        "keys",
                        "create",
                        "robot",
                        "--everywhere",
                        "--role",
                        "service_role",
                        "--expires",
                        "1h",
                        "--json");
        var robot = Console.of(assembly, String.valueOf(made.as(KeyView.class).key()));

        assertThat(robot.run("whoami").out()).contains("(every one)", "service_role");
        assertThat(robot.run("keys", "list", "--everywhere").out()).contains("robot");
    }

    @Test
    void who_signs_in_stays_so_until_logout() throws Exception {
        var home = Files.createDirectories(folder.resolve("home"));
        var ada = new Console(Map.of("KEDGE_URL", assembly.url(), "HOME", home.toString()));
        var user =
                kedge.runWithInput(PASSWORD, "users", "create", "ada@example.com", "--json")
                        .as(UserView.class);
        kedge.run("roles", "define", "reader", "--permission", "jobs:read", "--sees", "all");
        kedge.run("members", "set", "ada@example.com", "-n", "shop", "--role", "reader");

        assertThat(ada.run("whoami").exitCode()).isEqualTo(3);
        assertThat(ada.runWithInput("wrong password\n", "login", "ada@example.com").exitCode())
                .isEqualTo(3);
        var signedIn = ada.runWithInput(PASSWORD, "login", "ada@example.com");
        assertThat(signedIn.exitCode()).as(signedIn.err()).isZero();
        var file = home.resolve(".config/kedge/login.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        var who = ada.run("whoami", "--json").as(WhoView.class);
        assertThat(who.principal()).isEqualTo(user.principal());
        assertThat(who.memberships().getFirst().role().name()).isEqualTo("reader");
        assertThat(kedge.run("members", "list", "-n", "shop").out())
                .contains("ada@example.com", "reader");
        assertThat(kedge.run("roles", "list").out()).contains("reader", "service_role");
        assertThat(kedge.run("users", "list").out()).contains("ada@example.com");

        assertThat(ada.run("logout").exitCode()).isZero();
        assertThat(file).doesNotExist();
        assertThat(ada.run("whoami").exitCode()).isEqualTo(3);
        assertThat(kedge.run("members", "remove", "ada@example.com", "-n", "shop").exitCode())
                .isZero();
        assertThat(kedge.run("users", "disable", user.id()).out()).contains("disabled");
        assertThat(ada.runWithInput(PASSWORD, "login", "ada@example.com").exitCode()).isEqualTo(3);
        assertThat(kedge.run("users", "delete", user.id()).exitCode()).isZero();
        assertThat(kedge.run("roles", "delete", "reader").exitCode()).isZero();
    }
}
