package dev.kedge.api;

import java.util.List;

/** The triggers of a job, oldest first. */
public record TriggersView(List<TriggerView> items) {}
