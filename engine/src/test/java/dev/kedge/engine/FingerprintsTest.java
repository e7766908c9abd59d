package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class FingerprintsTest {

    private static final int NAMES = Journal.ENTRIES_MAX;

    private final Fingerprints used = new Fingerprints(new SecureRandom());

    @Test
    void as_many_names_as_a_run_may_have_are_told_apart() {
        for (var i = 0; i < NAMES; i++) {
            assertThat(used.add("charge[%d]".formatted(i))).isTrue();
        }
    }

    @Test
    void each_of_many_names_is_known_again() {
        for (var i = 0; i < NAMES; i++) {
            used.add("charge[%d]".formatted(i));
        }
        for (var i = 0; i < NAMES; i++) {
            assertThat(used.add("charge[%d]".formatted(i))).isFalse();
        }
    }
}
