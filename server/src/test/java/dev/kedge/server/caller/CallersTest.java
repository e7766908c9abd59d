package dev.kedge.server.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.model.Email;
import dev.kedge.model.NewApiKey;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallersTest {

    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(10);

    private final SecureRandom random = new SecureRandom();
    private final ServerKey serverKey = ServerKey.random(random);
    private final AtomicLong nanos = new AtomicLong();
    private Engine engine;

    @BeforeEach
    void start() {
        engine =
                Engine.connect(
                                TestPostgres.freshDatabase(),
                                TestPostgres.shared().user(),
                                TestPostgres.shared().password())
                        .start();
    }

    @AfterEach
    void stop() {
        engine.stop(Duration.ZERO);
    }

    @Test
    void what_was_ended_on_another_server_counts_no_more_within_ten_seconds() {
        var here = callers();
        var elsewhere = callers();
        var key = here.keys().make(wanted());
        here.sessions().add(new Email("ada@example.com"), "correct horse battery");
        var session =
                here.sessions().signIn("ada@example.com", "correct horse battery").orElseThrow();
        assertThat(elsewhere.whoHas(key.secret())).isPresent();
        assertThat(elsewhere.whoHas(session.access())).isPresent();

        engine.directory().revokeKey(key.key().id());
        here.sessions().signOut(session.access());

        assertThat(elsewhere.whoHas(key.secret())).as("remembered").isPresent();
        nanos.addAndGet(REVOKED_WITHIN.toNanos());
        assertThat(elsewhere.whoHas(key.secret())).isEmpty();
        assertThat(elsewhere.whoHas(session.access())).isEmpty();
    }

    @Test
    void what_was_ended_counts_no_more_where_callers_are_forgotten() {
        var callers = callers();
        var key = callers.keys().make(wanted());
        assertThat(callers.whoHas(key.secret())).isPresent();

        engine.directory().revokeKey(key.key().id());
        callers.forget();

        assertThat(callers.whoHas(key.secret())).isEmpty();
    }

    @Test
    void the_first_key_is_made_once_for_a_database() {
        var first = callers().firstKey();
        var second = callers().firstKey();

        assertThat(first).isPresent();
        assertThat(second).isEmpty();
        assertThat(callers().whoHas(first.get()).orElseThrow().actsForOthers()).isTrue();
    }

    @Test
    void the_one_key_of_former_versions_goes_on_to_open() {
        var secret = Secret.KEY.make(random);
        engine.addCredential("admin-key", HexFormat.of().formatHex(ServerKey.sha256(secret)));

        assertThat(callers().firstKey()).isEmpty();

        assertThat(callers().whoHas(secret).orElseThrow().actsForOthers()).isTrue();
        assertThat(callers().firstKey()).isEmpty();
    }

    @Test
    void a_server_with_another_key_does_not_start_on_the_database() {
        callers();

        assertThatThrownBy(() -> callers(ServerKey.random(random), TestCallers.CHEAP))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("KEDGE_SERVER_KEY");
    }

    @Test
    void the_server_key_is_made_in_a_file_for_its_owner_alone(@TempDir Path folder)
            throws Exception {
        var made = ServerKey.in(folder, engine, random);
        var read = ServerKey.in(folder, engine, random);

        var file = folder.resolve(ServerKey.FILE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(read.hash("x")).isEqualTo(made.hash("x"));
        assertThat(ServerKey.parse(Files.readString(file)).hash("x")).isEqualTo(made.hash("x"));
        assertThat(made).hasToString("***");
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void a_lost_server_key_is_not_silently_replaced(@TempDir Path folder) throws Exception {
        callers(ServerKey.in(folder, engine, random), TestCallers.CHEAP);
        Files.delete(folder.resolve(ServerKey.FILE));

        assertThatThrownBy(() -> ServerKey.in(folder, engine, random))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("server.key");
        assertThat(folder.resolve(ServerKey.FILE)).doesNotExist();
    }

    @Test
    void what_is_no_server_key_is_refused_without_repeating_it() {
        for (var text : List.of("", "secret", "c2VjcmV0", "!".repeat(44))) {
            assertThatThrownBy(() -> ServerKey.parse(text))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageNotContaining(text.isEmpty() ? "\0" : text);
        }
    }

    @Test
    void the_cost_of_a_password_is_raised_when_its_user_signs_in() {
        var cheap = new Passwords.Cost(8 << 10, 1, 1);
        var before = callers(serverKey, cheap);
        before.sessions().add(new Email("ada@example.com"), "correct horse battery");
        var stored = stored();
        var now = callers(serverKey, Passwords.COST);
        assertThat(stored).startsWith("$argon2id$v=19$m=8192,t=1,p=1$");

        assertThat(now.sessions().signIn("ada@example.com", "wrong password")).isEmpty();
        assertThat(stored()).isEqualTo(stored);
        assertThat(now.sessions().signIn("ada@example.com", "correct horse battery")).isPresent();

        assertThat(stored()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(now.sessions().signIn("ada@example.com", "correct horse battery")).isPresent();
    }

    @Test
    void a_hash_that_was_not_made_here_matches_nothing() {
        var passwords = new Passwords(new Passwords.Cost(64, 1, 1), random);
        var good = passwords.hashNew("correct horse battery");

        assertThat(passwords.matches("correct horse battery", good)).isTrue();
        assertThat(passwords.matches("correct horse batterz", good)).isFalse();
        for (var hash :
                List.of(
                        "",
                        "correct horse battery",
                        good.replace("argon2id", "argon2i"),
                        good.replace("m=64", "m=999999"),
                        good.replace("m=64", "m=1"),
                        good.replace("t=1", "t=0"),
                        good.replace("t=1", "t=99"),
                        good.replace("p=1", "p=9"),
                        good + "A")) {
            assertThat(passwords.matches("correct horse battery", hash)).as(hash).isFalse();
        }
    }

    @Test
    void two_hashes_of_one_password_are_not_the_same() {
        var passwords = new Passwords(new Passwords.Cost(64, 1, 1), random);

        assertThat(passwords.hashNew("correct horse battery"))
                .isNotEqualTo(passwords.hashNew("correct horse battery"));
    }

    @Test
    void a_secret_can_be_told_from_something_like_it() {
        for (var kind : Secret.values()) {
            var secret = kind.make(random);
            assertThat(Secret.kindOf(secret)).contains(kind);
            assertThat(secret).startsWith(kind.hint(secret));
            for (var i = 0; i < secret.length(); i++) {
                var other = secret.charAt(i) == 'x' ? 'y' : 'x';
                var typo = secret.substring(0, i) + other + secret.substring(i + 1);
                assertThat(Secret.kindOf(typo)).as(typo).isEqualTo(Optional.empty());
            }
            assertThat(Secret.kindOf(secret + "0")).isEmpty();
            assertThat(Secret.kindOf(secret.substring(1))).isEmpty();
        }
        var secrets = new HashSet<String>();
        for (var i = 0; i < 1_000; i++) {
            secrets.add(Secret.KEY.make(random));
        }
        assertThat(secrets).hasSize(1_000);
    }

    private String stored() {
        return engine.directory().account(new Email("ada@example.com")).orElseThrow().password();
    }

    private static NewApiKey wanted() {
        return new NewApiKey(
                "a key",
                Role.SERVICE.name(),
                Set.of(),
                List.of(),
                new PrincipalId("service:test"),
                null);
    }

    private Callers callers() {
        return callers(serverKey, TestCallers.CHEAP);
    }

    private Callers callers(ServerKey key, Passwords.Cost cost) {
        return new Callers(
                engine,
                key,
                new Passwords(cost, random),
                new ForeignTokens(Issuers.NONE, InstantSource.system()),
                new SignedRunTokens(),
                random,
                nanos::get);
    }
}
