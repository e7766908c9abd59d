package dev.kedge.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.KedgeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {

    private static final byte[] CONTEXT = Context.of("test").bytes();

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("secrets.key");
    }

    @Test
    void a_file_is_made_once_for_its_owners_eyes_only() throws IOException {
        var made = KeyFile.madeAt(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--------");
        assertThat(KeyFile.madeAt(file).current()).isEqualTo(made.current());
        assertThat(KeyFile.at(file).current()).isEqualTo(made.current());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--r-----", "r-----r--", "r-x------", "rwxrwxrwx"})
    void a_file_of_another_mode_is_refused_with_the_words_that_mend_it(String mode)
            throws IOException {
        KeyFile.madeAt(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThatThrownBy(() -> KeyFile.at(file))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("chmod 400 " + file);
    }

    @Test
    void a_missing_file_is_refused_where_somebody_else_is_to_look_after_it() {
        assertThatThrownBy(() -> KeyFile.at(file))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "dG9vIHNob3J0", "this is not base64 at all!"})
    void a_text_that_holds_no_key_is_refused_and_not_repeated(String text) {
        assertThatThrownBy(() -> LocalKeys.parse("KEDGE_SECRETS_KEY", text))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("KEDGE_SECRETS_KEY")
                .hasMessageContaining("openssl rand -base64 32")
                .hasMessageNotContaining("dG9vIHNob3J0")
                .hasNoCause();
    }

    @Test
    void one_key_more_than_may_be_is_refused() {
        var keys = new StringBuilder();
        for (var i = 0; i < LocalKeys.KEYS_MAX; i++) {
            keys.append(new String(LocalKeys.makeText(), UTF_8)).append(i % 2 == 0 ? "," : "\n");
        }
        LocalKeys.parse("test", keys.toString());
        keys.append(new String(LocalKeys.makeText(), UTF_8));

        assertThatThrownBy(() -> LocalKeys.parse("test", keys.toString()))
                .isInstanceOf(KedgeException.Invalid.class);
    }

    @Test
    void a_new_key_wraps_and_the_old_one_still_opens_until_it_is_forgotten() throws IOException {
        var keys = KeyFile.madeAt(file);
        var before = DataKey.make(keys, CONTEXT);
        var first = keys.current();

        assertThat(keys.renew()).isTrue();

        assertThat(keys.current()).isNotEqualTo(first);
        assertThat(keys.unwrap(before, CONTEXT)).hasSize(32);
        var after = DataKey.rewrap(keys, before, CONTEXT);
        assertThat(after.wrappedBy()).isEqualTo(keys.current());
        assertThat(keys.unwrap(after, CONTEXT)).isEqualTo(keys.unwrap(before, CONTEXT));
        keys.forgetOthers();
        assertThat(keys.unwrap(after, CONTEXT)).hasSize(32);
        assertThat(Files.readAllLines(file)).hasSize(1);
        assertThatThrownBy(() -> keys.unwrap(before, CONTEXT))
                .isInstanceOf(VaultException.class)
                .hasMessageContaining(first);
    }

    @Test
    void a_key_that_somebody_adds_is_known_without_a_restart() throws IOException {
        var one = KeyFile.madeAt(file);
        var other = KeyFile.at(file);
        one.renew();

        assertThat(other.unwrap(DataKey.make(one, CONTEXT), CONTEXT)).hasSize(32);
        one.renew();
        assertThat(other.wrap(new byte[32], CONTEXT).wrappedBy()).isEqualTo(one.current());
        assertThat(other.renew()).as("it is somebody else's").isFalse();
        assertThat(other.current()).isEqualTo(one.current());
    }

    @Test
    void keys_are_never_shown() throws IOException {
        var keys = KeyFile.madeAt(file);
        var key = Files.readString(file).strip();

        assertThat(Base64.getDecoder().decode(key)).hasSize(32);
        assertThat(keys.toString()).contains(keys.current()).doesNotContain(key);
    }
}
