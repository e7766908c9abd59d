package dev.kedge.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command writes. Results go to {@link #out}, and everything that merely accompanies them
 * to {@link #err}, so that a result can be piped on.
 *
 * @param columns how wide a line may be; {@link #UNBOUNDED} where nobody looks
 * @param interactive whether a line may be drawn again and again
 */
public record Terminal(
        PrintStream out, PrintStream err, Style style, int columns, boolean interactive) {

    public static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final int COLUMNS_DEFAULT = 100;
    private static final int COLUMNS_MIN = 40;

    /** The process's own. */
    @SuppressWarnings("SystemConsoleNull") // It is null in JDK 25 where nothing is a terminal.
    public static Terminal ofProcess(Map<String, String> environment) {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        var console = System.console();
        if (console == null || !console.isTerminal() || "dumb".equals(environment.get("TERM"))) {
            return new Terminal(out, err, Style.PLAIN, UNBOUNDED, false);
        }
        // The convention of no-color.org: present and not empty, whatever it says.
        var colourless = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                out, err, colourless ? Style.PLAIN : Style.COLOURED, columns(environment), true);
    }

    /** One that remembers nothing of a terminal: for pipes, files and tests. */
    public static Terminal plain(PrintStream out, PrintStream err) {
        return new Terminal(out, err, Style.PLAIN, UNBOUNDED, false);
    }

    private static int columns(Map<String, String> environment) {
        try {
            return Math.max(COLUMNS_MIN, Integer.parseInt(environment.getOrDefault("COLUMNS", "")));
        } catch (NumberFormatException e) {
            return Math.max(COLUMNS_MIN, columnsOfDevice());
        }
    }

    /** Shells keep COLUMNS to themselves, so the device is asked. */
    private static int columnsOfDevice() {
        try {
            var stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(ProcessBuilder.Redirect.INHERIT)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var reader = stty.inputReader()) {
                var line = reader.readLine();
                return line == null
                        ? COLUMNS_DEFAULT
                        : Integer.parseInt(line.substring(line.indexOf(' ') + 1).strip());
            }
        } catch (IOException | NumberFormatException e) {
            return COLUMNS_DEFAULT;
        }
    }
}
