package dev.kedge.engine;

import java.time.Duration;

/** A part of the engine that works by itself between its start and its stop. */
public interface Service {

    void start();

    /**
     * Returns when nothing of the service runs any more, or {@code grace} is over. May be called
     * again, and before {@link #start}.
     */
    void stop(Duration grace);
}
