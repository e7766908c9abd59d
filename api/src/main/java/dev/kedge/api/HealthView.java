package dev.kedge.api;

import java.util.List;

/**
 * Whether the server can do its work now.
 *
 * @param ready whether every check that matters passes
 * @param checks what was looked at: the database and how durable its commits are, the sandbox
 */
public record HealthView(boolean ready, List<Check> checks) {

    public record Check(String name, boolean passed, String detail) {}
}
