package dev.kedge.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** Does something again and again for as long as the connector lives that it belongs to. */
final class Regularly extends AbstractLifeCycle {

    private final Duration pause;
    private final Scheduler scheduler;
    private final Runnable task;

    /** {@code task} must be quick, and must not throw. */
    Regularly(Duration pause, Scheduler scheduler, Runnable task) {
        this.pause = pause;
        this.scheduler = scheduler;
        this.task = task;
    }

    @Override
    protected void doStart() {
        later();
    }

    private void later() {
        scheduler.schedule(this::now, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void now() {
        if (isStarting() || isRunning()) {
            task.run();
            later();
        }
    }
}
