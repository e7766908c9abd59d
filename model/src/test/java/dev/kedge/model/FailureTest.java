package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void long_words_are_cut_to_what_is_kept() {
        var failure =
                new Failure(
                        Failure.Code.HANDLER_FAILED,
                        "t".repeat(1_000),
                        "m".repeat(Failure.MESSAGE_CHARS_MAX + 1),
                        "s".repeat(Failure.STACK_CHARS_MAX + 1));

        assertThat(failure.message()).hasSize(Failure.MESSAGE_CHARS_MAX).endsWith("...");
        assertThat(failure.stack()).hasSize(Failure.STACK_CHARS_MAX).endsWith("...");
        assertThat(failure.type()).hasSizeLessThan(1_000);
    }

    @Test
    void words_that_just_fit_are_kept_whole() {
        var whole = "m".repeat(Failure.MESSAGE_CHARS_MAX);

        assertThat(Failure.of(Failure.Code.TIMEOUT, whole).message()).isEqualTo(whole);
    }

    @Test
    void nul_which_the_database_cannot_store_is_dropped() {
        assertThat(Failure.of(Failure.Code.TIMEOUT, "a\0b").message()).isEqualTo("ab");
        assertThat(new Outcome.Cancelled("a\0b").reason()).isEqualTo("ab");
    }

    @Test
    void a_character_of_two_halves_is_never_cut_in_two() {
        var failure = Failure.of(Failure.Code.TIMEOUT, "\uD83D\uDE80".repeat(8_192));

        var bytes = failure.message().getBytes(StandardCharsets.UTF_8);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(failure.message());
        assertThat(failure.message()).doesNotContain("?");
    }

    @Test
    void the_words_for_codes_are_read_back() {
        for (var code : Failure.Code.values()) {
            assertThat(Failure.Code.of(code.word())).isEqualTo(code);
        }
    }
}
