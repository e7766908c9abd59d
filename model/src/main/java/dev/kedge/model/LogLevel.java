package dev.kedge.model;

import java.util.Locale;

/** How much a log line matters. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static LogLevel of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
