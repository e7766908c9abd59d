package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "90s, PT1M30S",
        "24h, PT24H",
        "1m30s, PT1M30S",
        "250ms, PT0.25S",
        "1d2h3m4s5ms, P1DT2H3M4.005S"
    })
    void durations_are_read_as_people_write_them(String text, Duration meant) {
        assertThat(Durations.parse("timeout", text)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "5",
                "s",
                "-5s",
                "1.5s",
                "5 s",
                "1s1m",
                "1h1h",
                "9999999999s",
                "5S"
            })
    void what_is_no_duration_is_refused_by_the_name_of_its_field(String text) {
        assertThatThrownBy(() -> Durations.parse("timeout", text))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageStartingWith("timeout: ");
    }

    @Test
    void what_is_written_is_read_back_as_the_same() {
        Seeds.each(
                1_000,
                random -> {
                    var duration =
                            Duration.ofMillis(random.nextLong(0, 1L << random.nextInt(1, 50)));

                    assertThat(Durations.parse("any", Durations.format(duration)))
                            .isEqualTo(duration);
                });
    }
}
