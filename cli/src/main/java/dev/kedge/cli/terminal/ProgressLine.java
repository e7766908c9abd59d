package dev.kedge.cli.terminal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far something has come: one line that is drawn anew on a terminal; elsewhere a line whenever
 * there is something to say.
 */
public final class ProgressLine implements AutoCloseable {

    private static final int BAR_COLUMNS = 24;
    private static final int STEP_PERCENT = 10;
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final Eta eta = new Eta();
    private String shown = "";
    private String lastLabel = "";
    private double lastPercent = -STEP_PERCENT;

    public ProgressLine(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Shows where it stands.
     *
     * @param label what is going on, say a state
     * @param percent null while nothing is known
     * @param elapsed since the work that {@code percent} measures began
     */
    public void show(
            String label, @Nullable Double percent, @Nullable String message, Duration elapsed) {
        var rest = percent == null ? null : eta.after(percent, elapsed);
        if (terminal.interactive()) {
            draw(bar(label, percent, message, rest, elapsed));
        } else if (!label.equals(lastLabel) || isNews(percent)) {
            terminal.err().println(plain(label, percent, message));
            lastLabel = label;
            lastPercent = percent == null ? -STEP_PERCENT : percent;
        }
    }

    /** Says something that stays, above the line. */
    public void say(String text) {
        if (terminal.interactive()) {
            terminal.err().print(CLEAR + text + System.lineSeparator() + shown);
            terminal.err().flush();
        } else {
            terminal.err().println(text);
        }
    }

    /** Removes the line. */
    @Override
    public void close() {
        if (!shown.isEmpty()) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            shown = "";
        }
    }

    private boolean isNews(@Nullable Double percent) {
        return percent != null && (percent - lastPercent >= STEP_PERCENT || percent < lastPercent);
    }

    private void draw(String line) {
        if (!line.equals(shown)) {
            terminal.err().print("\r" + line + "\u001b[K");
            terminal.err().flush();
            shown = line;
        }
    }

    private String bar(
            String label,
            @Nullable Double percent,
            @Nullable String message,
            @Nullable Duration rest,
            Duration elapsed) {
        if (percent == null) {
            return Texts.fit(
                    "%s  %s%s".formatted(label, Texts.span(elapsed), suffix(message)),
                    terminal.columns() - 1);
        }
        var filled = (int) Math.round(Math.clamp(percent, 0, 100) * BAR_COLUMNS / 100);
        var head = "%s  ".formatted(label);
        var tail =
                "  %3.0f %%%s%s"
                        .formatted(
                                percent,
                                rest == null ? "" : "  " + Texts.span(rest) + " left",
                                suffix(message));
        var bar =
                terminal.style().cyan("█".repeat(filled))
                        + terminal.style().faint("░".repeat(BAR_COLUMNS - filled));
        var room = terminal.columns() - 1 - head.length() - BAR_COLUMNS;
        return head + bar + Texts.fit(tail, Math.max(0, room));
    }

    private static String plain(String label, @Nullable Double percent, @Nullable String message) {
        return label + (percent == null ? "" : " %.0f %%".formatted(percent)) + suffix(message);
    }

    private static String suffix(@Nullable String message) {
        return message == null || message.isBlank() ? "" : "  " + Texts.line(message);
    }
}
