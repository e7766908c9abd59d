package dev.kedge.server;

import dev.kedge.model.Permission;

/** Who may ask for a route. */
sealed interface Access {

    /** Whoever reaches the server. */
    record Anyone() implements Access {}

    /** Whoever is known, whatever they may do. */
    record Known() implements Access {}

    /**
     * Whoever has the permission in the namespace of the path. One for a single job is enough where
     * the request is about that job.
     */
    record InNamespace(Permission.Act act) implements Access {}

    /** Whoever has the permission in every namespace: it is about the whole installation. */
    record Everywhere(Permission.Act act) implements Access {}

    Access ANYONE = new Anyone();
    Access KNOWN = new Known();
}
