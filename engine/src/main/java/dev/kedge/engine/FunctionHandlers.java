package dev.kedge.engine;

import dev.kedge.model.Deployment;

/** Gives the handler that carries out a function's code. Asked once for each deployment in use. */
@FunctionalInterface
public interface FunctionHandlers {

    Handler handlerFor(Deployment deployment);
}
