package dev.kedge.bench;

/**
 * A course driven once by one subject: with the runs numbered from {@code first}, below {@code
 * end}.
 */
record Lap<S extends Subject>(Stage stage, S subject, Ledger ledger, int first, int end) {

    private static final double SECOND_NANOS = 1e9;

    int runs() {
        return end - first;
    }

    /** Runs a second, since a moment of {@link System#nanoTime}. */
    double rateSince(long startNanos) {
        return runs() * SECOND_NANOS / (System.nanoTime() - startNanos);
    }
}
