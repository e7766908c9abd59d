package dev.kedge.store;

import dev.kedge.model.RunId;
import dev.kedge.model.Transition;

/** What is to become of a run, if it still stands at {@code epoch}. */
public record Verdict<T extends Transition>(RunId run, long epoch, T transition) {}
