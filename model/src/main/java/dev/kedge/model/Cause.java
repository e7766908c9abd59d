package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/** Why a run was made, where nobody submitted it by hand. */
public record Cause(@Nullable RunId parent, @Nullable TriggerId trigger, @Nullable EventId event) {

    /** Somebody submitted it. */
    public static final Cause SUBMITTED = new Cause(null, null, null);

    public static Cause child(RunId parent) {
        return new Cause(parent, null, null);
    }

    public static Cause schedule(TriggerId trigger) {
        return new Cause(null, trigger, null);
    }

    public static Cause event(TriggerId trigger, EventId event) {
        return new Cause(null, trigger, event);
    }
}
