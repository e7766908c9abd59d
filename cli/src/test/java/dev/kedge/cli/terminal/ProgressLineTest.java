package dev.kedge.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private final Screen screen = new Screen();

    @Test
    void on_a_terminal_one_line_is_drawn_again_with_bar_percentage_rest_and_message() {
        try (var line = new ProgressLine(screen.terminal(Style.PLAIN, 100, true))) {
            line.show("running", 0.0, "start", Duration.ZERO);
            line.show("running", 25.0, "a quarter", Duration.ofSeconds(10));
        }

        assertThat(screen.err())
                .contains(
                        "\rrunning  "
                                + "█".repeat(6)
                                + "░".repeat(18)
                                + "   25 %  30s left  a quarter")
                .endsWith("\r\u001b[K");
    }

    @Test
    void the_line_never_wraps() {
        var line = new ProgressLine(screen.terminal(Style.PLAIN, 60, true));

        line.show("running", 50.0, "m".repeat(500), Duration.ofSeconds(1));

        assertThat(screen.err().replace("\r", "").replace("\u001b[K", "")).hasSize(59);
    }

    @Test
    void elsewhere_it_says_a_line_for_each_tenth_and_no_control_characters() {
        var line = new ProgressLine(screen.terminal(Style.PLAIN, Terminal.UNBOUNDED, false));

        for (var percent = 0; percent <= 100; percent++) {
            line.show("running", (double) percent, "at " + percent, Duration.ofSeconds(percent));
        }
        line.close();

        assertThat(screen.err().lines()).hasSize(11).first().isEqualTo("running 0 %  at 0");
        assertThat(screen.err()).doesNotContain("\r", "\u001b");
    }

    @Test
    void a_percentage_that_falls_is_news() {
        var line = new ProgressLine(screen.terminal(Style.PLAIN, Terminal.UNBOUNDED, false));

        line.show("running", 50.0, "first", Duration.ofSeconds(1));
        line.show("running", 2.0, "second", Duration.ofSeconds(2));

        assertThat(screen.err().lines())
                .containsExactly("running 50 %  first", "running 2 %  second");
    }

    @Test
    void what_is_said_stays_above_the_line() {
        var line = new ProgressLine(screen.terminal(Style.PLAIN, 100, true));

        line.show("running", 50.0, null, Duration.ofSeconds(1));
        line.say("attempt 1 is over");

        assertThat(screen.err())
                .contains("\r\u001b[Kattempt 1 is over" + System.lineSeparator() + "running  ");
    }
}
