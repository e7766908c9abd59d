package dev.kedge.api;

/**
 * Changes a trigger.
 *
 * @param enabled whether it starts runs
 */
public record TriggerChangeBody(boolean enabled) {}
