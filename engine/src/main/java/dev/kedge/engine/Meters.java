package dev.kedge.engine;

/**
 * What the engine has done since it started, and what it is doing. Each number is read on its own,
 * so they need not fit together to the last run.
 */
public record Meters(
        long runsEnqueued,
        long attemptsStarted,
        long runsStartedAtOnce,
        long runsCompleted,
        long runsFailed,
        long runsCancelled,
        long attemptsRetried,
        long leasesLost,
        long runsRescued,
        long workersDeclaredLost,
        int slotsTotal,
        int slotsBusy) {}
