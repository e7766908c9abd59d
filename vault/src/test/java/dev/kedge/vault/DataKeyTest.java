package dev.kedge.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Bytes;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataKeyTest {

    private static final LocalKeys KEYS = LocalKeys.parse("test", LocalKeys.makeText());
    private static final byte[] OF_ONE =
            Context.of("secret").with("one").with("name").with(1).bytes();

    private final Keyring.Wrapped wrapped = DataKey.make(KEYS, OF_ONE);
    private final DataKey key = DataKey.open(KEYS, wrapped, OF_ONE);

    @Test
    void what_was_sealed_opens_in_its_own_place() {
        var sealed = key.seal("s3cret".getBytes(UTF_8), OF_ONE);

        assertThat(key.open(sealed, OF_ONE)).asString(UTF_8).isEqualTo("s3cret");
        assertThat(new String(sealed.array(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("s3cret");
    }

    @Test
    void it_opens_nowhere_else() {
        var sealed = key.seal("s3cret".getBytes(UTF_8), OF_ONE);

        for (var elsewhere :
                List.of(
                        Context.of("secret").with("two").with("name").with(1),
                        Context.of("secret").with("one").with("other").with(1),
                        Context.of("secret").with("one").with("name").with(2),
                        Context.of("secret").with("onen").with("ame").with(1),
                        Context.of("secret").with("one").with("name"))) {
            assertThatThrownBy(() -> key.open(sealed, elsewhere.bytes()))
                    .isInstanceOf(VaultException.class)
                    .hasMessageContaining("belongs elsewhere");
        }
    }

    @Test
    void a_changed_byte_is_noticed_wherever_it_is() {
        var sealed = key.seal("s3cret".getBytes(UTF_8), OF_ONE);

        for (var at = 0; at < sealed.array().length; at++) {
            var changed = sealed.array().clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> key.open(Bytes.of(changed), OF_ONE))
                    .isInstanceOf(VaultException.class);
        }
    }

    @Test
    void the_same_value_is_never_sealed_with_the_same_nonce() {
        var nonces = new HashSet<String>();
        for (var i = 0; i < 10_000; i++) {
            var sealed = key.seal(new byte[0], OF_ONE);
            assertThat(sealed.array()).hasSize(12 + 16);
            nonces.add(java.util.HexFormat.of().formatHex(sealed.array(), 0, 12));
        }
        assertThat(nonces).hasSize(10_000);
    }

    @Test
    void lists_that_read_alike_when_glued_have_contexts_of_their_own() {
        assertThat(Context.of("a").with("b").with("c").bytes())
                .isNotEqualTo(Context.of("a").with("bc").bytes())
                .isNotEqualTo(Context.of("ab").with("c").bytes())
                .isNotEqualTo(Context.of("a").with("b").with("").with("c").bytes())
                .isEqualTo(Context.of("a").with("b").with("c").bytes());
    }

    @Test
    void a_key_of_another_namespace_does_not_unwrap() {
        var other = Context.of("secret").with("two").bytes();

        assertThatThrownBy(() -> DataKey.open(KEYS, wrapped, other))
                .isInstanceOf(VaultException.class)
                .hasMessageContaining("another namespace");
    }

    @Test
    void without_the_key_that_wrapped_it_nothing_opens_and_the_refusal_names_both() {
        var others = LocalKeys.parse("test", LocalKeys.makeText());

        assertThatThrownBy(() -> DataKey.open(others, wrapped, OF_ONE))
                .isInstanceOf(VaultException.class)
                .hasMessageContaining(KEYS.current())
                .hasMessageContaining(others.current());
    }
}
