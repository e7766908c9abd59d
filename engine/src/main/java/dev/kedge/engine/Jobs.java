package dev.kedge.engine;

import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The definitions of one namespace. For use by any thread. */
public final class Jobs {

    /**
     * Defines a job or replaces its definition. Runs that exist keep what they were submitted with
     * and are treated by the new policy. Defining the same again changes nothing, not even the
     * version.
     */
    public Job define(Job job) {
        throw new IllegalStateException("not wired yet");
    }

    public Optional<Job> find(JobName name) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * @throws KedgeException.NotFound there is no such job
     */
    public Job get(JobName name) {
        throw new IllegalStateException("not wired yet");
    }

    /** By name, those after {@code after}. */
    public List<Job> list(@Nullable JobName after, int limit) {
        throw new IllegalStateException("not wired yet");
    }

    /**
     * Removes a definition: no further runs are accepted and pending ones are cancelled. Running
     * ones end as they will.
     */
    public void remove(JobName name) {
        throw new IllegalStateException("not wired yet");
    }

    /** When this returns, no further run of the job starts until it is resumed. */
    public Job pause(JobName name) {
        throw new IllegalStateException("not wired yet");
    }

    public Job resume(JobName name) {
        throw new IllegalStateException("not wired yet");
    }
}
