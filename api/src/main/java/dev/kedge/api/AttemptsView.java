package dev.kedge.api;

import java.util.List;

/** The attempts of a run that did not end it, oldest first. */
public record AttemptsView(List<AttemptView> items) {}
