package dev.kedge.functions;

import dev.kedge.model.Failure;
import dev.kedge.model.Payload;

/** How a process answered one request, or why there is no answer. */
sealed interface Verdict {

    /** The code was loaded; {@code description} is JSON: the shape and the policy found in it. */
    record Loaded(Payload description) implements Verdict {}

    record Returned(Payload result) implements Verdict {}

    /** The function, or the process it ran in, failed. */
    record Failed(Failure failure) implements Verdict {}
}
