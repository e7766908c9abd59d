package dev.kedge.functions;

import dev.kedge.model.Failure;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import java.util.List;

/** How a process answered one request, or why there is no answer. */
sealed interface Verdict {

    /** The code was loaded; {@code description} is JSON: the shape and the policy found in it. */
    record Loaded(Payload description) implements Verdict {}

    record Returned(Payload result) implements Verdict {}

    /** Every branch of the function waits for something that its journal has written down. */
    record Suspended() implements Verdict {}

    /**
     * The function, or the process it ran in, failed.
     *
     * @param forGood whether no further attempt can mend it
     * @param steps the failed steps that brought it about, which another attempt shall try again
     */
    record Failed(Failure failure, boolean forGood, List<Path> steps) implements Verdict {
        public Failed {
            steps = List.copyOf(steps);
        }

        Failed(Failure failure) {
            this(failure, false, List.of());
        }
    }

    /** The journal could not be read or written, so that nobody may go on. */
    record Broken(RuntimeException reason) implements Verdict {}
}
