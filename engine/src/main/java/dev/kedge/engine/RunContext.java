package dev.kedge.engine;

import dev.kedge.model.DeploymentId;
import dev.kedge.model.JobName;
import dev.kedge.model.LogLevel;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.RunId;
import java.util.Optional;

/** What a handler may know and say while it carries out one attempt. For use by any thread. */
public interface RunContext {

    RunId runId();

    JobName job();

    Namespace namespace();

    /** Which try this is, from 1. */
    int attempt();

    /** Attempts that failed before this one. */
    int failures();

    Payload payload();

    /** The version of the function's code that this run is bound to; empty for Java handlers. */
    Optional<DeploymentId> deployment();

    /**
     * Says how far the work has come. Returns at once; the newest report of a run is stored within
     * a fraction of a second, and certainly before the attempt's end is.
     */
    void progress(Progress progress);

    /**
     * Writes a line to the run's log. Returns at once unless very many lines wait to be stored;
     * every line taken is stored before the attempt's end is. Lines beyond the limit of an attempt
     * are dropped, and the log says so; so are lines for which the database finds no time.
     */
    void log(LogLevel level, String message);

    /** Whether somebody asked for this run to stop. */
    boolean isCancelled();

    /**
     * Calls {@code listener} once when somebody asks for this run to stop, or at once if somebody
     * already has. It must return quickly.
     */
    void onCancel(Runnable listener);
}
