package dev.kedge.engine;

import dev.kedge.model.KedgeException;

/**
 * Thrown by durable verbs where the attempt ends although its code does not: let it pass. It is an
 * error and no exception, so that {@code catch (Exception e)} does. Code that catches it all the
 * same changes nothing: every further verb throws it again, and what the handler returns is
 * ignored.
 */
public abstract sealed class AttemptOver extends Error {

    private AttemptOver(String message, boolean withStack) {
        super(message, null, false, withStack);
    }

    /** The run sleeps until what it waits for is over. */
    public static final class Suspended extends AttemptOver {
        Suspended() {
            super("the run sleeps; its code goes on when what it waits for is over", false);
        }
    }

    /** The code no longer fits what the run has done already. */
    public static final class Diverged extends AttemptOver {
        Diverged(String message) {
            super(message, true);
        }
    }

    /** The journal refuses an operation (no such job, too many steps): the attempt fails. */
    public static final class Refused extends AttemptOver {
        private final transient KedgeException why;

        Refused(KedgeException why) {
            super(String.valueOf(why.getMessage()), true);
            this.why = why;
        }

        KedgeException why() {
            return why;
        }
    }

    /** What was to be recorded could not be: the run is somebody else's, or nobody answers. */
    public static final class Unrecorded extends AttemptOver {
        Unrecorded(KedgeException why) {
            super(String.valueOf(why.getMessage()), false);
        }
    }
}
