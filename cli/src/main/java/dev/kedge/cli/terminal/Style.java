package dev.kedge.cli.terminal;

/** Emphasis: by colour on a terminal, none elsewhere. No meaning hangs on it alone. */
public enum Style {
    PLAIN,
    COLOURED;

    public String bold(String text) {
        return in("1", text);
    }

    public String faint(String text) {
        return in("2", text);
    }

    public String red(String text) {
        return in("31", text);
    }

    public String green(String text) {
        return in("32", text);
    }

    public String yellow(String text) {
        return in("33", text);
    }

    public String cyan(String text) {
        return in("36", text);
    }

    /** A run's state, the word itself in its colour. */
    public String state(String state) {
        return switch (state) {
            case "completed" -> green(state);
            case "failed" -> red(state);
            case "running" -> cyan(state);
            case "cancelled" -> yellow(state);
            default -> state;
        };
    }

    private String in(String code, String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
