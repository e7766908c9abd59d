package dev.kedge.engine.keeper;

import dev.kedge.engine.Service;
import dev.kedge.engine.signal.Loop;
import dev.kedge.store.Db;
import dev.kedge.store.TimerStore;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/** Lets runs be claimed when their time has come: never before, and at most a second late. */
public final class Timer implements Service {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final int BATCH_MAX = 1_000;

    private final Db db;
    private final TimerStore timers;
    private final Consumer<Set<Integer>> ripened;
    private final Loop loop = new Loop("timer", this::ripen);

    /** Calls {@code ripened} with the lanes in which runs became due. */
    public Timer(Db db, TimerStore timers, Consumer<Set<Integer>> ripened) {
        this.db = db;
        this.timers = timers;
        this.ripened = ripened;
    }

    /** Some run was given a time of its own. */
    public void wake() {
        loop.wake();
    }

    private Duration ripen() {
        var wait = db.find(timers::untilNextDue);
        if (wait == null) {
            return LOOK_AGAIN;
        }
        if (wait.isPositive()) {
            return wait.compareTo(LOOK_AGAIN) < 0 ? wait : LOOK_AGAIN;
        }
        var ripe = db.autocommit(tx -> timers.ripen(tx, BATCH_MAX));
        ripened.accept(ripe.lanes());
        // Where others hold what is ripe, they are about to let it be claimed.
        return ripe.runs() > 0 ? Duration.ZERO : Duration.ofMillis(10);
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop(Duration grace) {
        loop.stop(grace);
    }
}
