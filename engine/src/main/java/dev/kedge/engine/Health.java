package dev.kedge.engine;

import java.util.List;

/**
 * Whether this engine can do its work now.
 *
 * @param ready whether every check that matters passes
 */
public record Health(boolean ready, List<Check> checks) {

    /** One thing that was looked at, and what was found, in words. */
    public record Check(String name, boolean passed, String detail) {}
}
