package dev.kedge.engine.attempt;

import java.util.concurrent.atomic.LongAdder;

/** Counts what this engine has done since it started. */
public final class Tally {
    public final LongAdder enqueued = new LongAdder();
    public final LongAdder started = new LongAdder();
    public final LongAdder startedAtOnce = new LongAdder();
    public final LongAdder completed = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder cancelled = new LongAdder();
    public final LongAdder retried = new LongAdder();
    public final LongAdder lost = new LongAdder();
    public final LongAdder rescued = new LongAdder();
    public final LongAdder declaredLost = new LongAdder();
}
