package dev.kedge.engine;

import dev.kedge.model.Failure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/** What user code threw, in words that are kept. */
final class Thrown {

    private static final int LINKS_MAX = 1_000;

    private Thrown() {}

    static Failure failure(Throwable thrown) {
        var stack = new StringWriter();
        thrown.printStackTrace(new PrintWriter(stack));
        return new Failure(
                Failure.Code.HANDLER_FAILED,
                typeOf(thrown),
                thrown.getMessage() == null
                        ? thrown.getClass().getSimpleName()
                        : thrown.getMessage(),
                stack.toString());
    }

    /** A step that failed is called by what its code threw. */
    private static String typeOf(Throwable thrown) {
        return thrown instanceof StepFailedException step && step.failure().type() != null
                ? step.failure().type()
                : thrown.getClass().getName();
    }

    /** Whether somebody in the chain of causes said that trying again cannot mend it. */
    static boolean isNonRetryable(Throwable thrown) {
        return chain(thrown).stream()
                .anyMatch(link ->
                        link instanceof NonRetryableException
                                || (link instanceof StepFailedException step && step.isFinal()));
    }

    /** The failed steps among what was thrown, its causes, and what they suppressed. */
    static List<StepFailedException> stepsIn(Throwable thrown) {
        return chain(thrown).stream()
                .filter(StepFailedException.class::isInstance)
                .map(StepFailedException.class::cast)
                .toList();
    }

    private static List<Throwable> chain(Throwable thrown) {
        var known = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
        var links = new ArrayList<Throwable>();
        var next = new ArrayDeque<Throwable>();
        next.add(thrown);
        while (!next.isEmpty() && links.size() < LINKS_MAX) {
            var link = next.remove();
            if (known.add(link)) {
                links.add(link);
                if (link.getCause() != null) {
                    next.add(link.getCause());
                }
                next.addAll(List.of(link.getSuppressed()));
            }
        }
        return links;
    }
}
