package dev.kedge.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

    private final Screen screen = new Screen();

    @Test
    void columns_are_as_wide_as_their_widest_cell_and_numbers_stand_right() {
        var table =
                new Table(screen.terminal(Style.PLAIN, 80, true))
                        .text("JOB")
                        .number("RUNS")
                        .text("STATE");

        table.row("hello", 7, "ok").row("x", 12_345, "paused").print();

        assertThat(screen.out())
                .containsExactly("JOB     RUNS  STATE", "hello      7  ok", "x      12345  paused");
    }

    @Test
    void an_elastic_column_gives_way_where_the_terminal_is_narrow() {
        var table = new Table(screen.terminal(Style.PLAIN, 40, true)).text("ID").elastic("MESSAGE");

        table.row("1", "m".repeat(100)).print();

        assertThat(screen.out().get(1)).hasSize(40).endsWith("…");
    }

    @Test
    void nothing_is_shortened_where_nobody_looks() {
        var table = new Table(screen.terminal(Style.PLAIN, Terminal.UNBOUNDED, false)).elastic("M");

        table.row("m".repeat(1_000)).print();

        assertThat(screen.out().get(1)).hasSize(1_000);
    }

    @Test
    void a_cell_can_neither_break_the_line_nor_colour_it() {
        var table = new Table(screen.terminal(Style.PLAIN, 80, true)).text("M");

        table.row("one\ntwo\u001b[31m").print();

        assertThat(screen.out()).hasSize(2).last().isEqualTo("one two\uFFFD[31m");
    }

    @Test
    void colour_does_not_count_as_width() {
        var table =
                new Table(screen.terminal(Style.COLOURED, 80, true))
                        .painted("STATE", Style.COLOURED::state)
                        .text("NEXT");

        table.row("failed", "x").row("completed", "y").print();

        assertThat(screen.out().get(1)).isEqualTo("\u001b[31mfailed\u001b[0m     x");
        assertThat(screen.out().get(2)).isEqualTo("\u001b[32mcompleted\u001b[0m  y");
    }

    @Test
    void a_row_has_as_many_cells_as_there_are_columns() {
        var table = new Table(screen.terminal(Style.PLAIN, 80, true)).text("A").text("B");

        assertThatThrownBy(() -> table.row("only one")).hasMessage("1 cells for 2 columns");
    }
}
