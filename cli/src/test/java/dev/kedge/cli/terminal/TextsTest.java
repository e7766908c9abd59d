package dev.kedge.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "59, 59s",
        "60, 1m",
        "125, 2m 5s",
        "3600, 1h",
        "11400, 3h 10m",
        "172800, 2d",
        "-5, 0s"
    })
    void a_span_is_said_in_two_units_at_most(long seconds, String said) {
        assertThat(Texts.span(Duration.ofSeconds(seconds))).isEqualTo(said);
    }

    @Test
    void fitting_counts_characters_and_not_their_halves() {
        assertThat(Texts.fit("🚢🚢🚢", 3)).isEqualTo("🚢🚢🚢");
        assertThat(Texts.fit("🚢🚢🚢", 2)).isEqualTo("🚢…");
        assertThat(Texts.fit("abc", 0)).isEmpty();
    }

    @Test
    void several_lines_stay_several_but_nothing_else_controls_the_terminal() {
        assertThat(Texts.lines("a\r\n\tb\u0007\u009b")).isEqualTo("a\n\tb\uFFFD\uFFFD");
    }
}
