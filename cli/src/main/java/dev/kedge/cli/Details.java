package dev.kedge.cli;

import dev.kedge.cli.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One thing, a line for each of its properties; those that are absent have none. */
final class Details {

    private final Terminal terminal;
    private final Map<String, String> lines = new LinkedHashMap<>();

    Details(Terminal terminal) {
        this.terminal = terminal;
    }

    void put(String name, @Nullable Object value) {
        if (value != null && !value.toString().isEmpty()) {
            lines.put(name, value.toString());
        }
    }

    void print() {
        var width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        lines.forEach((name, value) ->
                terminal.out()
                        .println(
                                terminal.style().faint(name)
                                        + " ".repeat(width - name.length() + 2)
                                        + value));
    }
}
