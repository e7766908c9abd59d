package dev.kedge.model;

import java.util.Locale;

/** What an operation of a run does. The words are stored and sent: add, never rename. */
public enum EntryKind {
    /** Carries out code once, and keeps what it returned. */
    STEP,
    /** Waits for a time. */
    SLEEP,
    /** Waits for an event. */
    WAIT,
    /** Waits for a child run. */
    INVOKE,
    /** Publishes an event. */
    EMIT;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static EntryKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
