package dev.kedge.api;

import java.util.List;

/** The workers that live, and those that were lost lately. */
public record WorkersView(List<WorkerView> items) {}
