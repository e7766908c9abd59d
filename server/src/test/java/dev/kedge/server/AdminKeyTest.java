package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class AdminKeyTest {

    private final SecureRandom random = new SecureRandom();

    @Test
    void a_key_can_be_told_from_something_like_it() {
        var key = AdminKey.make(random);

        assertThat(key).matches("kedge_[0-9a-z]{57}");
        assertThat(AdminKey.isWellFormed(key)).isTrue();
        assertThat(AdminKey.isWellFormed(key + "0")).isFalse();
        assertThat(AdminKey.isWellFormed(key.substring(1))).isFalse();
        assertThat(AdminKey.isWellFormed("kedge_")).isFalse();
    }

    @Test
    void a_typing_error_anywhere_is_noticed() {
        var key = AdminKey.make(random);

        for (var i = 0; i < key.length(); i++) {
            var other = key.charAt(i) == 'x' ? 'y' : 'x';
            var typo = key.substring(0, i) + other + key.substring(i + 1);
            assertThat(AdminKey.isWellFormed(typo)).as(typo).isFalse();
        }
    }

    @Test
    void no_two_keys_are_the_same() {
        var keys = new HashSet<String>();
        for (var i = 0; i < 1_000; i++) {
            keys.add(AdminKey.make(random));
        }

        assertThat(keys).hasSize(1_000);
    }

    @Test
    void only_the_key_itself_opens() {
        var secret = AdminKey.make(random);
        var key = AdminKey.stored(AdminKey.hashOf(secret));

        assertThat(key.opens(secret)).isTrue();
        assertThat(key.opens(AdminKey.make(random))).isFalse();
        assertThat(key.opens(AdminKey.hashOf(secret))).isFalse();
        assertThat(key.opens("")).isFalse();
    }

    @Test
    void neither_the_hash_nor_the_text_of_a_key_gives_it_away() {
        var secret = AdminKey.make(random);

        assertThat(AdminKey.hashOf(secret)).doesNotContain(secret);
        assertThat(AdminKey.stored(AdminKey.hashOf(secret))).hasToString("***");
        assertThat(AdminKey.stored(AdminKey.hashOf(secret)).secret()).isEmpty();
    }
}
