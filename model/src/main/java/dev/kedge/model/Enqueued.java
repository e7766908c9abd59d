package dev.kedge.model;

/**
 * What became of a submission that was taken.
 *
 * @param run the run that now stands for it
 * @param created false where an active run with the same business key was answered instead
 */
public record Enqueued(RunId run, boolean created) {}
