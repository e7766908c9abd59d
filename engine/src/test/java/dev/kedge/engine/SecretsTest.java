package dev.kedge.engine;

import static dev.kedge.engine.TestEngine.SOON;
import static dev.kedge.engine.TestEngine.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Claims;
import dev.kedge.model.Identity;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Progress;
import dev.kedge.model.Run;
import dev.kedge.model.RunState;
import dev.kedge.model.SecretInfo;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretValue;
import dev.kedge.vault.KeyFile;
import dev.kedge.vault.Keyring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private static final String CANARY = "canary-3f9c\"27b1/e0";
    private static final PrincipalId ADA = new PrincipalId("user:ada");
    private static final SecretName NAME = new SecretName("api-key");
    private static final Namespace OTHER = new Namespace("other");

    @TempDir Path folder;
    private final TestEngine database = new TestEngine();

    @AfterEach
    void close() {
        database.close();
    }

    private Keyring keys() {
        return KeyFile.madeAt(folder.resolve("secrets.key"));
    }

    /** An engine with one job, which is carried out by {@code body}. */
    private Engine engine(BiFunction<String, RunContext, ? extends @Nullable Object> body) {
        return database.start(engine ->
                engine.secrets(keys())
                        .job(
                                TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                String.class,
                                body));
    }

    private Engine engine() {
        return engine((payload, _) -> payload);
    }

    private static SecretInfo set(Secrets secrets, String value) {
        return secrets.set(NAME, SecretValue.of(value), ADA);
    }

    private static Run ended(Engine engine) throws InterruptedException {
        var run = engine.runs().enqueue(engine.newRun("job", "x")).run();
        return engine.runs().await(run, SOON);
    }

    @Test
    void a_run_is_given_the_secret_of_its_namespace_and_else_the_systems() throws Exception {
        var engine = engine((_, run) -> run.secrets().get("api-key").map(String::length).orElse(0));

        assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("0"));
        set(engine.secrets(OTHER), "of another namespace");
        set(engine.secrets(Namespace.DEFAULT, ADA), "of a user who did not submit it");
        assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("0"));
        set(engine.systemSecrets(), "1234567");
        assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("7"));
        set(engine.secrets(Namespace.DEFAULT), "12345678");
        assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("8"));
    }

    @Test
    void the_run_of_a_user_is_given_that_users_secret_before_all_others() throws Exception {
        var engine = engine((_, run) -> run.secrets().getRequired("api-key").length());
        set(engine.systemSecrets(), "1234567");
        set(engine.secrets(Namespace.DEFAULT), "12345678");
        set(engine.secrets(Namespace.DEFAULT, ADA), "123456789");
        set(engine.secrets(Namespace.DEFAULT, new PrincipalId("user:eve")), "1234567890");

        assertThat(resultFor(engine, ADA)).isEqualTo(Payload.ofJson("9"));
        assertThat(resultFor(engine, new PrincipalId("user:eve"))).isEqualTo(Payload.ofJson("10"));
        assertThat(resultFor(engine, new PrincipalId("user:bob"))).isEqualTo(Payload.ofJson("8"));
        assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("8"));
    }

    private static @Nullable Payload resultFor(Engine engine, PrincipalId user) throws Exception {
        var claims =
                Claims.none(new Identity(user, "authenticated", null))
                        .seeingOwn(Namespace.DEFAULT)
                        .submitting(Namespace.DEFAULT);
        var runs = engine.as(claims).runs(Namespace.DEFAULT);
        return runs.await(runs.enqueue(engine.newRun("job", "x")).run(), SOON).result();
    }

    @Test
    void what_cannot_be_done_without_fails_by_name() throws Exception {
        var engine = engine((_, run) -> run.secrets().getRequired("no-such"));

        var failure = failureOf(ended(engine));

        assertThat(failure.message()).isEqualTo("Required secret 'no-such' not found");
        assertThat(failure.type()).isEqualTo(MissingSecretException.class.getName());
    }

    @Test
    void versions_count_up_and_go_on_after_a_removal() {
        var secrets = engine().secrets(Namespace.DEFAULT);

        assertThat(set(secrets, "one").version()).isEqualTo(1);
        assertThat(set(secrets, "two").version()).isEqualTo(2);
        secrets.remove(NAME);
        assertThat(secrets.list(null, 10)).isEmpty();
        assertThatThrownBy(() -> secrets.remove(NAME)).isInstanceOf(KedgeException.NotFound.class);
        var info = set(secrets, "three");

        assertThat(info.version()).isEqualTo(3);
        assertThat(secrets.list(null, 10)).containsExactly(info);
        assertThat(info.setBy()).isEqualTo(ADA);
        assertThat(secrets.list(NAME, 10)).isEmpty();
    }

    @Test
    void those_who_set_it_at_once_get_versions_of_their_own() throws Exception {
        var secrets = engine().secrets(Namespace.DEFAULT);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls =
                    IntStream.range(0, 8)
                            .<Callable<Integer>>mapToObj(i -> () -> set(secrets, "v" + i).version())
                            .toList();
            var versions = new ArrayList<Integer>();
            for (var call : threads.invokeAll(calls)) {
                versions.add(call.get());
            }
            assertThat(versions).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Test
    void the_database_holds_no_value_and_no_key_that_opens_one() throws Exception {
        var engine = engine();
        set(engine.secrets(Namespace.DEFAULT), CANARY);
        var file = Files.readString(folder.resolve("secrets.key")).strip();

        assertThat(dump()).contains("api-key").doesNotContain(CANARY).doesNotContain(file);
    }

    /** Every row of every table, as text. */
    private String dump() throws SQLException {
        var rows = new StringBuilder();
        try (var connection = database.connection();
                var statement = connection.createStatement()) {
            var tables = new ArrayList<String>();
            try (var result =
                    statement.executeQuery(
                            "select relname from pg_class where relnamespace = 'kedge'::regnamespace"
                                    + " and relkind in ('r', 'p')")) {
                while (result.next()) {
                    tables.add(result.getString(1));
                }
            }
            assertThat(tables).contains("secret", "run", "step", "run_log");
            for (var table : tables) {
                // Payloads are bytea; as text they would hide what is in them.
                try (var result =
                        statement.executeQuery(
                                "select t::text from kedge.%s as t".formatted(table))) {
                    while (result.next()) {
                        rows.append(readable(result.getString(1))).append('\n');
                    }
                }
            }
        }
        return rows.toString();
    }

    private static String readable(String row) {
        return java.util.regex.Pattern.compile("\\\\+x((?:[0-9a-f]{2})+)")
                .matcher(row)
                .replaceAll(bytes ->
                        java.util.regex.Matcher.quoteReplacement(
                                new String(
                                        HexFormat.of().parseHex(bytes.group(1)),
                                        java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    void rows_that_were_moved_or_put_back_do_not_open() throws Exception {
        var engine = engine((_, run) -> run.secrets().getRequired("api-key"));
        set(engine.secrets(Namespace.DEFAULT), "the first value");
        database.execute("create table kedge.old as select * from kedge.secret");
        set(engine.secrets(Namespace.DEFAULT), "the second value");
        set(engine.secrets(OTHER), "of another namespace");
        engine.secrets(Namespace.DEFAULT)
                .set(new SecretName("other-key"), SecretValue.of("of another name"), ADA);
        set(engine.secrets(Namespace.DEFAULT, ADA), "of a user");
        database.execute("create table kedge.kept as select * from kedge.secret");
        var mine = " where namespace = 'default' and owner = '' and name = 'api-key'";
        var from = "update kedge.secret as s set key_id = o.key_id, sealed = o.sealed";
        var here = " s.namespace = 'default' and s.owner = '' and s.name = 'api-key'";
        for (var change :
                List.of(
                        from + " from kedge.old as o where" + here,
                        from + ", version = 3 from kedge.old as o where" + here,
                        from + " from kedge.kept as o where o.namespace = 'other' and" + here,
                        from + " from kedge.kept as o where o.name = 'other-key' and" + here,
                        from + " from kedge.kept as o where o.owner <> '' and" + here,
                        "update kedge.secret set version = 1" + mine,
                        "update kedge.secret set sealed = set_byte(sealed, 20,"
                                + " get_byte(sealed, 20) # 1)"
                                + mine)) {
            database.execute(change);

            assertThat(failureOf(ended(engine)).message())
                    .as(change)
                    .contains("the secret 'api-key' cannot be read");

            database.execute("delete from kedge.secret");
            database.execute("insert into kedge.secret select * from kedge.kept");
        }
        assertThat(ended(engine).state()).isEqualTo(RunState.COMPLETED);
    }

    @Test
    void without_a_key_nothing_is_stored_in_the_open() throws Exception {
        var engine =
                database.start(builder ->
                        builder.job(
                                TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                String.class,
                                (_, run) -> run.secrets().getRequired("api-key")));

        assertThatThrownBy(() -> set(engine.secrets(Namespace.DEFAULT), CANARY))
                .isInstanceOfSatisfying(
                        KedgeException.Conflict.class,
                        refused -> assertThat(refused.code()).isEqualTo("secrets_off"));
        assertThat(failureOf(ended(engine)).message()).contains("KEDGE_SECRETS_KEY_FILE");
        assertThat(database.number("select count(*) from kedge.secret")).isZero();
    }

    @Test
    void another_key_opens_nothing_and_says_which_one_is_missing() throws Exception {
        var keys = keys();
        set(engine().secrets(Namespace.DEFAULT), CANARY);
        var wrong = KeyFile.madeAt(folder.resolve("wrong.key"));
        var stranger =
                database.start(builder ->
                        builder.secrets(wrong)
                                .job(
                                        TestEngine.job("theirs", TestEngine.retriedAtOnce(1)),
                                        String.class,
                                        (_, run) -> run.secrets().getRequired("api-key")));

        var run = stranger.runs().enqueue(stranger.newRun("theirs", "x")).run();
        var failure = failureOf(stranger.runs().await(run, SOON));

        assertThat(failure.message()).contains(keys.current()).contains(wrong.current());
    }

    /** A handler that says its secret wherever something can be said. */
    private static Object gossip(String payload, RunContext run) {
        var key = run.secrets().getRequired("api-key");
        run.log(LogLevel.INFO, "log " + key);
        run.progress(
                new Progress(
                        50.0,
                        null,
                        null,
                        "progress " + key,
                        Payload.ofJson("{\"d\":\"canary-3f9c\\\"27b1/e0\"}")));
        run.emit("told", Map.of("event", key));
        try {
            run.step(
                    "failing",
                    _ -> {
                        throw new IllegalStateException("step " + key);
                    });
        } catch (StepFailedException expected) {
            run.log(LogLevel.WARN, "caught " + expected.getMessage());
        }
        if (payload.equals("fail")) {
            throw new IllegalStateException(
                    "failed with " + key, new IOException("because " + key));
        }
        return Map.of("result", key, key, 1);
    }

    @Test
    void kedge_P16_what_a_run_was_handed_shows_nowhere() throws Exception {
        var engine = engine(SecretsTest::gossip);
        set(engine.secrets(Namespace.DEFAULT), CANARY);

        var completed = ended(engine);
        var failed = engine.runs().enqueue(engine.newRun("job", "fail")).run();
        var failure = failureOf(engine.runs().await(failed, SOON));

        assertThat(completed.state()).isEqualTo(RunState.COMPLETED);
        assertThat(Objects.requireNonNull(completed.result()).text())
                .contains("\"result\":\"[secret:api-key]\"")
                .contains("\"[secret:api-key]\":1");
        assertThat(failure.message()).isEqualTo("failed with [secret:api-key]");
        assertThat(failure.stack()).contains("because [secret:api-key]");
        var everything = dump();
        for (var told : List.of("log", "progress", "step", "failed with", "because")) {
            assertThat(everything).contains(told + " [secret:api-key]");
        }
        assertThat(everything)
                .contains("event")
                .doesNotContain("3f9c\"27b1")
                .doesNotContain("3f9c\\\"27b1")
                .doesNotContain("3f9c\\\\\"27b1");
    }

    @Test
    void what_code_reads_back_is_refused_instead_of_changed() throws Exception {
        var engine =
                engine((payload, run) -> {
                    var key = run.secrets().getRequired("api-key");
                    switch (payload) {
                        case "step" -> run.step("take", String.class, _ -> key);
                        case "state" -> run.state().set("k", key);
                        case "child" -> run.invoke("child", Map.of("k", key), String.class);
                        case "name" -> run.step(key, String.class, _ -> "x");
                        default -> run.waitFor(EventWait.on("t").matching(Map.of("k", key)));
                    }
                    return "went on";
                });
        set(engine.secrets(Namespace.DEFAULT), "canary-3f9c-27b1");

        for (var what : List.of("step", "state", "child", "name", "wait")) {
            var run = engine.runs().enqueue(engine.newRun("job", what)).run();
            var failure = failureOf(engine.runs().await(run, SOON));
            assertThat(failure.message())
                    .as(what)
                    .contains("would have the value of the secret 'api-key' on record");
        }
        assertThat(dump()).doesNotContain("canary-3f9c-27b1");
    }

    @Test
    void all_data_keys_are_wrapped_anew_and_everything_still_opens() throws Exception {
        var keys = keys();
        var engine =
                database.start(builder ->
                        builder.secrets(keys)
                                .job(
                                        TestEngine.job("job", TestEngine.retriedAtOnce(1)),
                                        String.class,
                                        (_, run) -> run.secrets().getRequired("api-key").length()));
        set(engine.secrets(Namespace.DEFAULT), "12345678");
        set(engine.secrets(OTHER), "of another");
        set(engine.systemSecrets(), "of the system");
        var before = keys.current();

        var done = engine.rotateKeys(false);

        assertThat(done).isEqualTo(new KeyRotation(keys.current(), 3, 0, 0, 0));
        assertThat(keys.current()).isNotEqualTo(before);
        assertThat(
                        database.number(
                                "select count(*) from kedge.secret_key where wrapped_by = '%s'"
                                        .formatted(before)))
                .isZero();
        assertThat(Files.readAllLines(folder.resolve("secrets.key"))).as("the old key").hasSize(1);
        engine.close();
        var next = engine((_, run) -> run.secrets().getRequired("api-key").length());
        assertThat(ended(next).result()).isEqualTo(Payload.ofJson("8"));
    }

    @Test
    void a_change_of_keys_that_was_broken_off_is_gone_on_with() throws Exception {
        var keys = new BreakingOff(KeyFile.madeAt(folder.resolve("secrets.key")));
        var engine = database.start(builder -> builder.secrets(keys));
        for (var i = 0; i < 5; i++) {
            set(engine.secrets(new Namespace("ns-" + i)), "value of " + i);
        }
        keys.wrapsLeft = 2;
        assertThatThrownBy(() -> engine.rotateKeys(false)).hasMessage("broken off");
        var current = keys.current();
        assertThat(
                        database.number(
                                "select count(*) from kedge.secret_key where wrapped_by = '%s'"
                                        .formatted(current)))
                .isEqualTo(2);
        keys.wrapsLeft = Integer.MAX_VALUE;

        var rest = engine.rotateKeys(false);

        assertThat(rest).isEqualTo(new KeyRotation(current, 3, 0, 0, 0));
    }

    /** A keyring whose process ends in the middle. */
    private static final class BreakingOff implements Keyring {

        private final Keyring keys;
        int wrapsLeft = Integer.MAX_VALUE;

        BreakingOff(Keyring keys) {
            this.keys = keys;
        }

        @Override
        public String current() {
            return keys.current();
        }

        @Override
        public Wrapped wrap(byte[] key, byte[] context) {
            if (wrapsLeft-- <= 0) {
                throw new IllegalStateException("broken off");
            }
            return keys.wrap(key, context);
        }

        @Override
        public byte[] unwrap(Wrapped key, byte[] context) {
            return keys.unwrap(key, context);
        }

        @Override
        public void reload() {
            keys.reload();
        }

        @Override
        public boolean renew() {
            return keys.renew();
        }

        @Override
        public void forgetOthers() {
            keys.forgetOthers();
        }
    }

    @Test
    void data_keys_are_replaced_and_every_secret_is_sealed_anew() throws Exception {
        var engine = engine((_, run) -> run.secrets().getRequired("api-key").length());
        set(engine.secrets(Namespace.DEFAULT), "12345678");
        set(engine.secrets(OTHER), "of another");
        var sealed =
                database.number(
                        "select sum(get_byte(sealed, 0) + 256 * get_byte(sealed, 1) + 65536 * get_byte(sealed, 2)) from kedge.secret");

        var done = engine.rotateKeys(true);

        assertThat(done.resealed()).isEqualTo(2);
        assertThat(
                        database.number(
                                "select sum(get_byte(sealed, 0) + 256 * get_byte(sealed, 1) + 65536 * get_byte(sealed, 2)) from kedge.secret"))
                .isNotEqualTo(sealed);
        assertThat(database.number("select count(*) from kedge.secret_key")).isEqualTo(2);
        assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("8"));
        assertThat(set(engine.secrets(Namespace.DEFAULT), "x").version()).isEqualTo(2);
    }

    @Test
    void a_worn_out_data_key_seals_nothing_more() throws Exception {
        var engine = engine((_, run) -> run.secrets().getRequired("api-key").length());
        set(engine.secrets(Namespace.DEFAULT), "12345678");
        for (var wear : List.of("sealed = 2147483648", "made_at = made_at - interval '90 days'")) {
            database.execute(
                    "update kedge.secret_key set %s where retired_at is null".formatted(wear));

            engine.secrets(Namespace.DEFAULT).set(new SecretName("n"), SecretValue.of("x"), ADA);

            assertThat(
                            database.number(
                                    "select count(*) from kedge.secret_key where retired_at is null"))
                    .isEqualTo(1);
            assertThat(
                            database.number(
                                    "select count(*) from kedge.secret_key where retired_at is null"
                                            + " and sealed = 1 and made_at > now() - interval '1 day'"))
                    .as(wear)
                    .isEqualTo(1);
            assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("8"));
        }
    }

    @Test
    void rotation_under_load_loses_nothing() throws Exception {
        var engine = engine((_, run) -> run.secrets().getRequired("api-key").length());
        set(engine.secrets(Namespace.DEFAULT), "12345678");
        var over = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writing =
                    threads.submit(() -> {
                        var versions = 0;
                        while (!over.get()) {
                            versions = set(engine.secrets(Namespace.DEFAULT), "12345678").version();
                        }
                        return versions;
                    });
            for (var i = 0; i < 10; i++) {
                engine.rotateKeys(true);
                assertThat(ended(engine).result()).isEqualTo(Payload.ofJson("8"));
            }
            over.set(true);
            assertThat(writing.get())
                    .isEqualTo((int) database.number("select version from kedge.secret"));
        }
    }

    @Test
    void one_secret_more_than_an_owner_may_have_is_refused() throws Exception {
        var secrets = engine().secrets(Namespace.DEFAULT);
        set(secrets, "the first");
        database.execute(
                ("insert into kedge.secret (namespace, owner, name, version, key_id, sealed, set_by)"
                                + " select namespace, owner, 'n' || i, 1, key_id, sealed, set_by"
                                + " from kedge.secret, generate_series(2, %d) as i")
                        .formatted(Secrets.SECRETS_MAX));

        assertThat(set(secrets, "again").version()).as("one that is there").isEqualTo(2);
        assertThatThrownBy(() -> secrets.set(new SecretName("more"), SecretValue.of("x"), ADA))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("1000");
    }

    @Test
    void values_are_bounded_and_never_shown() {
        assertThatThrownBy(() -> SecretValue.of("")).isInstanceOf(KedgeException.Invalid.class);
        assertThatThrownBy(() -> SecretValue.of("x".repeat(SecretValue.BYTES_MAX + 1)))
                .isInstanceOf(KedgeException.TooLarge.class);
        var value = SecretValue.of("x".repeat(SecretValue.BYTES_MAX));
        assertThat(value).hasToString("***");
        value.close();
        assertThat(value.bytes()).containsOnly(0);
    }
}
