package dev.kedge.engine;

import dev.kedge.model.Failure;
import dev.kedge.model.Path;
import org.jspecify.annotations.Nullable;

/**
 * A step has failed, or a child run that was waited for. The same is thrown when the attempt is
 * replayed, from the record: so do not look for the type of what the step's code threw, but at
 * {@link #failure}.
 *
 * <p>Code may catch it and go on. Where it ends the attempt, the next attempt tries the step again.
 */
public final class StepFailedException extends RuntimeException {

    private final transient Path path;
    private final transient Failure failure;
    private transient volatile boolean answered;

    StepFailedException(Path path, Failure failure, @Nullable Throwable cause) {
        super(failure.message(), cause);
        this.path = path;
        this.failure = failure;
    }

    /** The step's name within its run. */
    public Path path() {
        return path;
    }

    public Failure failure() {
        return failure;
    }

    /** The code has gone on after this failure: it is part of the run's history. */
    void answer() {
        answered = true;
    }

    boolean isAnswered() {
        return answered;
    }

    /** Whether trying again cannot mend it. */
    boolean isFinal() {
        return NonRetryableException.class.getName().equals(failure.type());
    }
}
