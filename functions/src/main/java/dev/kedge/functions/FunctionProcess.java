package dev.kedge.functions;

import dev.kedge.model.Namespace;
import dev.kedge.model.RunId;
import java.util.Optional;

/**
 * A process that belongs to a function.
 *
 * @param pid the operating system's number of the process that runs the function's code
 * @param run the run it is carrying out, if any
 */
public record FunctionProcess(
        long pid, Namespace namespace, String function, Optional<RunId> run) {}
