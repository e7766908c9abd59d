package dev.kedge.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Rows under headings. Where a row does not fit the terminal, the columns declared elastic give
 * way, the widest first.
 */
public final class Table {

    private static final String GAP = "  ";
    private static final int ELASTIC_MIN = 8;

    private record Column(
            String heading, boolean right, boolean elastic, UnaryOperator<String> paint) {}

    private final Terminal terminal;
    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    public Table(Terminal terminal) {
        this.terminal = terminal;
    }

    public Table text(String heading) {
        return column(new Column(heading, false, false, UnaryOperator.identity()));
    }

    public Table painted(String heading, UnaryOperator<String> paint) {
        return column(new Column(heading, false, false, paint));
    }

    public Table number(String heading) {
        return column(new Column(heading, true, false, UnaryOperator.identity()));
    }

    /** A text that may be shortened. */
    public Table elastic(String heading) {
        return column(new Column(heading, false, true, UnaryOperator.identity()));
    }

    public Table row(Object... cells) {
        var row = new ArrayList<String>();
        for (var cell : cells) {
            row.add(Texts.line(String.valueOf(cell)));
        }
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "%d cells for %d columns".formatted(row.size(), columns.size()));
        }
        rows.add(row);
        return this;
    }

    public void print() {
        var widths = widths();
        var headings = columns.stream().map(Column::heading).toList();
        terminal.out().println(terminal.style().faint(line(headings, widths, false)));
        for (var row : rows) {
            terminal.out().println(line(row, widths, true));
        }
    }

    private Table column(Column column) {
        columns.add(column);
        return this;
    }

    private int[] widths() {
        var widths = new int[columns.size()];
        for (var i = 0; i < widths.length; i++) {
            widths[i] = Texts.width(columns.get(i).heading());
            for (var row : rows) {
                widths[i] = Math.max(widths[i], Texts.width(row.get(i)));
            }
        }
        for (var over = excess(widths); over > 0; over = excess(widths)) {
            var widest = widestElastic(widths);
            if (widest < 0) {
                break; // Nothing is left to give way: the terminal wraps the line.
            }
            widths[widest] = (int) Math.max(ELASTIC_MIN, widths[widest] - over);
        }
        return widths;
    }

    private long excess(int[] widths) {
        var total = (long) GAP.length() * (widths.length - 1);
        for (var width : widths) {
            total += width;
        }
        return total - terminal.columns();
    }

    private int widestElastic(int[] widths) {
        var widest = -1;
        for (var i = 0; i < widths.length; i++) {
            if (columns.get(i).elastic()
                    && widths[i] > ELASTIC_MIN
                    && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private String line(List<String> cells, int[] widths, boolean paint) {
        var line = new StringBuilder();
        for (var i = 0; i < widths.length; i++) {
            var column = columns.get(i);
            var cell = Texts.fit(cells.get(i), widths[i]);
            var pad = " ".repeat(widths[i] - Texts.width(cell));
            var shown = paint ? column.paint().apply(cell) : cell;
            line.append(i == 0 ? "" : GAP);
            if (column.right()) {
                line.append(pad).append(shown);
            } else {
                line.append(shown).append(i == widths.length - 1 ? "" : pad);
            }
        }
        return line.toString();
    }
}
