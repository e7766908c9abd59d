package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.api.KeyRotationView;
import dev.kedge.api.RunView;
import dev.kedge.api.SecretPage;
import dev.kedge.api.SecretView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Secrets from a terminal to a function, in a server with secrets of its own around it. */
@Timeout(180)
class SecretCommandsTest {

    private static final String CANARY = "canary-7b0c11";
    private static final Map<String, String> SERVER =
            Map.of(
                    "KEDGE_FUNCTION_ENV", "KEDGE_REGION",
                    "KEDGE_REGION", "eu",
                    "KEDGE_DATABASE_PASSWORD", CANARY,
                    "KEDGE_API_KEY", CANARY,
                    "AWS_SECRET_ACCESS_KEY", CANARY,
                    "FLUXBASE_AUTH_JWT_SECRET", CANARY);

    @TempDir static Path folder;
    private static ServerProcess server;
    private static Console kedge;

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(folder.resolve("jobs"));
        Files.writeString(
                folder.resolve("jobs/env.ts"),
                """
                import process from "node:process";
                export default async (ctx) => {
                  ctx.progress({ message: "up" });
                  if (ctx.payload === "stay") await new Promise((resolve) => setTimeout(resolve, 60_000));
                  return { deno: Deno.env.toObject(), node: { ...process.env } };
                };
                """);
        Files.copy(
                Servers.home().resolve("examples/secrets/jobs/charge.ts"),
                folder.resolve("jobs/charge.ts"));
        server = ServerProcess.start(folder, SERVER, "dev");
        kedge =
                new Console(
                        Map.of(
                                "KEDGE_URL",
                                server.ready().url(),
                                "KEDGE_API_KEY",
                                Objects.requireNonNull(server.ready().apiKey())));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.stop();
    }

    private static String result(String job) {
        var ended = kedge.run("runs", "start", job, "--wait", "--json");
        return Objects.requireNonNull(ended.as(RunView.class).result()).toString();
    }

    @Test
    void a_secret_is_set_from_standard_input_listed_without_its_value_and_used() throws Exception {
        assertThat(kedge.runWithInput("sk_test_4242\n", "secrets", "set", "stripe_api_key").out())
                .isEqualTo(
                        "secret stripe_api_key is set, version 1\n"
                                .replace("\n", System.lineSeparator()));

        var listed = kedge.run("secrets", "list");
        assertThat(listed.out()).contains("stripe_api_key").doesNotContain("sk_test");
        var json = kedge.run("secrets", "list", "--json");
        assertThat(json.as(SecretPage.class).items()).extracting(SecretView::version).contains(1);
        assertThat(json.out()).doesNotContain("sk_test");
        assertThat(result("charge")).contains("[secret:stripe_api_key]").doesNotContain("4242");

        assertThat(kedge.run("secrets", "delete", "stripe_api_key").exitCode()).isZero();
        assertThat(kedge.run("secrets", "delete", "stripe_api_key").exitCode()).isEqualTo(4);
    }

    @Test
    void a_value_is_never_taken_from_the_command_line() {
        var refused = kedge.run("secrets", "set", "name", CANARY);

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(kedge.run("secrets", "set", "name", "--value", CANARY).exitCode()).isEqualTo(2);
        assertThat(kedge.runWithInput("", "secrets", "set", "name").exitCode()).isEqualTo(3);
    }

    @Test
    void users_and_the_system_have_secrets_of_their_own() {
        for (var owner :
                List.of(List.of("--user", "user:ada"), List.of("--system"), List.<String>of())) {
            var set = new ArrayList<>(List.of("secrets", "set", "own", "--json"));
            set.addAll(owner);
            var made = kedge.runWithInput("a value", set.toArray(String[]::new));
            assertThat(made.as(SecretView.class).version()).isEqualTo(1);
            var list = new ArrayList<>(List.of("secrets", "list", "--json"));
            list.addAll(owner);
            assertThat(kedge.run(list.toArray(String[]::new)).as(SecretPage.class).items())
                    .extracting(SecretView::name)
                    .contains("own");
        }
        assertThat(kedge.run("secrets", "list", "--user", "x", "--system").exitCode()).isEqualTo(2);
    }

    @Test
    void the_key_lies_in_the_data_folder_for_its_owners_eyes_only_and_can_be_changed()
            throws Exception {
        var file = folder.resolve(".kedge/secrets.key");
        var before = Files.readString(file);
        kedge.runWithInput("a value", "secrets", "set", "kept");

        var changed =
                kedge.run("secrets", "rotate", "--data-keys", "--json").as(KeyRotationView.class);

        assertThat(changed.rewrapped()).isPositive();
        assertThat(changed.resealed()).isPositive();
        assertThat(changed.unreadable() + changed.stuck()).isZero();
        assertThat(Files.readString(file)).isNotEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--------");
    }

    @Test
    void a_function_sees_the_variables_that_were_named_for_it_and_none_of_the_servers() {
        assertThat(result("env"))
                .contains("\"KEDGE_REGION\":\"eu\"")
                .doesNotContain(CANARY)
                .doesNotContain("PATH")
                .doesNotContain("KEDGE_API_KEY");
    }

    @Test
    void no_process_below_the_server_has_the_servers_environment() throws Exception {
        var run =
                kedge.run("runs", "start", "env", "--payload", "\"stay\"", "--json")
                        .as(RunView.class)
                        .id();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> kedge.run("runs", "get", run).out().contains("up"));

        var looked = 0;
        for (var child : server.process().toHandle().descendants().toList()) {
            var command = child.info().command().orElse("");
            var environment = environmentOf(child.pid());
            if (command.contains("postgres") || environment.isEmpty()) {
                continue; // Its owner's, not a function's.
            }
            looked++;
            assertThat(environment).as(command).doesNotContain(CANARY);
        }
        kedge.run("runs", "terminate", run);

        assertThat(looked).isPositive();
    }

    private static String environmentOf(long pid) {
        try {
            return Files.readString(
                    Path.of("/proc", String.valueOf(pid), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
