package dev.kedge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.LogLine;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretValue;
import dev.kedge.testkit.EngineExtension;
import dev.kedge.vault.LocalKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What functions are handed, and where it must not show. */
@Timeout(120)
class SecretsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PrincipalId ADA = new PrincipalId("user:ada");

    /** Nowhere but where a test puts it: each run of the tests has its own. */
    private static final String CANARY = "canary-" + random(12) + "/+\"é";

    private static final Functions FUNCTIONS = Functions.open(Bench.config());

    @RegisterExtension
    static final EngineExtension kedge =
            EngineExtension.with(engine ->
                    engine.functions(FUNCTIONS.handlers())
                            .secrets(LocalKeys.parse("test", random(32))));

    private static String random(int bytes) {
        var random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    @BeforeAll
    static void set() {
        set("CANARY", CANARY);
        set("stripe_api_key", "sk_test_of_the_namespace");
        kedge.engine()
                .systemSecrets()
                .set(new SecretName("Webhook.Secret"), SecretValue.of("of-the-system"), ADA);
        kedge.engine()
                .systemSecrets()
                .set(new SecretName("stripe_api_key"), SecretValue.of("sk_test_of_system"), ADA);
    }

    @AfterAll
    static void close() {
        FUNCTIONS.close();
    }

    @Test
    void a_function_asks_for_what_it_needs() throws Exception {
        var ended =
                run(
                        "asks",
                        """
                        export default async (ctx) => {
                          const [key, none] = await Promise.all([
                            ctx.secrets.get("stripe_api_key"), ctx.secrets.get("no-such")]);
                          await ctx.step("between", () => 1);
                          const again = await ctx.secrets.getRequired("stripe_api_key");
                          return [key === again, key.split("").reverse().join(""), none === undefined];
                        };
                        """);

        assertThat(ended.result())
                .isEqualTo(Payload.ofJson("[true,\"ecapseman_eht_fo_tset_ks\",true]"));
    }

    @Test
    void what_is_missing_is_an_error_that_names_it() throws Exception {
        var failure =
                failureOf(
                        run(
                                "missing",
                                "export default (ctx) => ctx.secrets.getRequired('no-such');"));

        assertThat(failure.message()).isEqualTo("Required secret 'no-such' not found");
        assertThat(failure.code()).isEqualTo(Failure.Code.HANDLER_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no name!", "42"})
    void what_is_no_name_is_refused_where_it_stands(String name) throws Exception {
        var argument = name.equals("42") ? "42" : "'" + name + "'";
        var ended =
                run(
                        "unnamed",
                        "export default async (ctx) => { try { await ctx.secrets.get(%s); return 'found'; } catch (e) { return e.name; } };"
                                .formatted(argument));

        assertThat(Objects.requireNonNull(ended.result()).text()).contains("Error");
    }

    @Test
    void the_global_answers_without_being_awaited_whatever_case_and_dots_are_like()
            throws Exception {
        var ended =
                run(
                        "global",
                        """
                        export default async (ctx) => {
                          const reversed = (text) => text?.split("").reverse().join("");
                          let missing;
                          try { secrets.getRequired("no-such"); } catch (error) { missing = error.message; }
                          return [reversed(secrets.getRequired("STRIPE.api_key")), reversed(secrets.get("webhook_secret")),
                            reversed(secrets.getSystem("stripe_api_key")), secrets.getUser("stripe_api_key") === undefined, missing];
                        };
                        """);

        assertThat(ended.result())
                .isEqualTo(
                        Payload.ofJson(
                                "[\"ecapseman_eht_fo_tset_ks\",\"metsys-eht-fo\",\"metsys_fo_tset_ks\",true,"
                                        + "\"Required secret 'no-such' not found\"]"));
    }

    @Test
    void while_its_module_is_loaded_code_has_no_secrets() throws Exception {
        FUNCTIONS.deploy(
                kedge.engine(),
                Namespace.DEFAULT,
                "early",
                "let why; try { secrets.get('CANARY'); } catch (e) { why = e.message; } export default () => why;",
                true);

        assertThat(Objects.requireNonNull(ended(start("early")).result()).text())
                .contains("not while its module is loaded");
    }

    @Test
    void kedge_P16_a_function_that_tells_its_secret_everywhere_is_not_heard() throws Exception {
        FUNCTIONS.deploy(
                kedge.engine(),
                Namespace.DEFAULT,
                "gossip",
                """
                /** @kedge:max-retries 0 */
                export default async (ctx) => {
                  const key = await ctx.secrets.getRequired("CANARY");
                  const bytes = new TextEncoder().encode(key);
                  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
                  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
                  console.log("console", key);
                  console.error({ nested: [key] });
                  ctx.log.warn(hex, hex.toUpperCase());
                  console.log(base64(key), base64("user:" + key + "!"));
                  console.log(encodeURIComponent(key), new URLSearchParams({ key }).toString());
                  console.log(JSON.stringify({ key }));
                  Deno.stdout.writeSync(new TextEncoder().encode("stdout " + key + "\\n"));
                  Deno.stderr.writeSync(new TextEncoder().encode("stderr " + key + "\\n"));
                  ctx.progress({ percent: 1, message: "progress " + key, data: { key } });
                  Promise.reject(new Error("unhandled " + key));
                  await ctx.emit("told", { key, [key]: 1 });
                  await ctx.step("failing", () => { throw new Error("step " + key); }).catch(() => {});
                  if (ctx.payload === "fail") throw new Error("failed " + key, { cause: new Error(key) });
                  return { key, list: [key, key + "!"] };
                };
                """,
                true);

        var completed = ended(start("gossip"));
        var failed =
                ended(
                        kedge.engine()
                                .runs()
                                .enqueue(
                                        NewRun.of(
                                                new JobName("gossip"), Payload.ofJson("\"fail\"")))
                                .run());

        assertThat(completed.result())
                .isEqualTo(
                        Payload.ofJson(
                                "{\"key\":\"[secret:CANARY]\",\"list\":[\"[secret:CANARY]\",\"[secret:CANARY]!\"]}"));
        assertThat(failureOf(failed).message()).isEqualTo("failed [secret:CANARY]");
        var lines = linesOf(completed.id());
        assertThat(lines)
                .contains(
                        "console [secret:CANARY]",
                        "[secret:CANARY] [secret:CANARY]",
                        "{\"key\":\"[secret:CANARY]\"}",
                        "stdout [secret:CANARY]",
                        "stderr [secret:CANARY]");
        assertThat(lines).anyMatch(line -> line.contains("unhandled [secret:CANARY]"));
        var everything = dump();
        assertThat(everything)
                .contains("progress [secret:CANARY]")
                .contains("step [secret:CANARY]");
        for (var form : forms()) {
            assertThat(everything).doesNotContain(form);
        }
    }

    /** Pieces of the canary as it is, escaped, and encoded. */
    private static List<String> forms() {
        var utf8 = CANARY.getBytes(StandardCharsets.UTF_8);
        var hex = HexFormat.of().formatHex(utf8);
        return List.of(
                CANARY.substring(0, 18),
                hex.substring(0, 36),
                hex.substring(0, 36).toUpperCase(java.util.Locale.ROOT),
                Base64.getEncoder().encodeToString(utf8).substring(0, 24));
    }

    /** Every row of every table but those of the secrets' own, with bytes read as text. */
    private static String dump() throws Exception {
        var rows = new StringBuilder();
        try (var connection =
                        DriverManager.getConnection(
                                kedge.jdbcUrl(), kedge.user(), kedge.password());
                var statement = connection.createStatement()) {
            var tables = new ArrayList<String>();
            try (var names =
                    statement.executeQuery(
                            "select relname from pg_class where relnamespace = 'kedge'::regnamespace"
                                    + " and relkind in ('r', 'p')")) {
                while (names.next()) {
                    tables.add(names.getString(1));
                }
            }
            for (var table : tables) {
                try (var row =
                        statement.executeQuery(
                                "select t::text from kedge.%s as t".formatted(table))) {
                    while (row.next()) {
                        rows.append(
                                java.util.regex.Pattern.compile("\\\\+x((?:[0-9a-f]{2})+)")
                                        .matcher(row.getString(1))
                                        .replaceAll(bytes ->
                                                java.util.regex.Matcher.quoteReplacement(
                                                        new String(
                                                                HexFormat.of()
                                                                        .parseHex(bytes.group(1)),
                                                                StandardCharsets.UTF_8))));
                    }
                }
            }
        }
        return rows.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctx.secrets.get('CANARY')", "secrets.get('CANARY')"})
    void kedge_P16_no_process_of_this_host_shows_it_to_others(String read) throws Exception {
        FUNCTIONS.deploy(
                kedge.engine(),
                Namespace.DEFAULT,
                "holds",
                """
                export default async (ctx) => {
                  const key = await %s;
                  ctx.progress({ message: "has " + key.length });
                  await new Promise((resolve) => setTimeout(resolve, 60_000));
                };
                """
                        .formatted(read),
                true);
        var run = start("holds");
        var has = "has " + CANARY.length();
        kedge.engine()
                .runs()
                .await(
                        run,
                        now -> now.progress() != null && has.equals(now.progress().message()),
                        PATIENCE);

        var looked = 0;
        var bytes = CANARY.getBytes(StandardCharsets.UTF_8);
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                for (var file : List.of("environ", "cmdline")) {
                    looked += shows(process.resolve(file), bytes) ? 1 : 0;
                }
            }
        }
        kedge.engine().runs().terminate(run, "a test");

        assertThat(looked).as("those of the function's process, at least").isGreaterThan(2);
        assertThat(ended(run).state()).isEqualTo(RunState.CANCELLED);
    }

    /** Whether the file could be read; fails where the value stands in it. */
    private static boolean shows(Path file, byte[] value) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException notOurs) {
            return false; // Another user's, or gone.
        }
        assertThat(new String(content, StandardCharsets.UTF_8))
                .as(file.toString())
                .doesNotContain(new String(value, 0, 18, StandardCharsets.UTF_8));
        return content.length > 0;
    }

    @Test
    void a_step_that_would_keep_it_is_refused_where_it_stands() throws Exception {
        var failure =
                failureOf(
                        run(
                                "keeps",
                                "export default (ctx) => ctx.step('take', () => ctx.secrets.get('CANARY'));"));

        assertThat(failure.message())
                .contains("step 'take'")
                .contains("would have the value of the secret 'CANARY' on record");
    }

    @Test
    void a_run_has_none_of_the_secrets_of_the_one_before_it_in_the_same_process() throws Exception {
        FUNCTIONS.deploy(
                kedge.engine(),
                Namespace.DEFAULT,
                "again",
                "export default (ctx) => [secrets.get('changing')?.length ?? 0, globalThis.n = (globalThis.n ?? 0) + 1];",
                true);
        var secrets = kedge.engine().secrets(Namespace.DEFAULT);
        set("changing", "1234567");

        assertThat(ended(start("again")).result()).isEqualTo(Payload.ofJson("[7,1]"));
        secrets.remove(new SecretName("changing"));

        assertThat(ended(start("again")).result()).isEqualTo(Payload.ofJson("[0,2]"));
    }

    private static void set(String name, String value) {
        kedge.engine()
                .secrets(Namespace.DEFAULT)
                .set(new SecretName(name), SecretValue.of(value), ADA);
    }

    private static Run run(String job, String code) throws Exception {
        FUNCTIONS.deploy(
                kedge.engine(),
                Namespace.DEFAULT,
                job,
                "/** @kedge:max-retries 0 */\n" + code,
                true);
        return ended(start(job));
    }

    private static RunId start(String job) {
        return kedge.engine().runs().enqueue(NewRun.of(new JobName(job), Payload.NULL)).run();
    }

    private static Run ended(RunId run) throws Exception {
        return kedge.engine().runs().await(run, PATIENCE);
    }

    private static Failure failureOf(Run run) {
        return Objects.requireNonNull(run.failure(), "it did not fail");
    }

    private static List<String> linesOf(RunId id) {
        return kedge.engine().runs().logs(id, LogLine.Position.START, 1_000).stream()
                .map(LogLine::message)
                .toList();
    }
}
