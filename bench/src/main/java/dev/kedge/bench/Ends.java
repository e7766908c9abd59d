package dev.kedge.bench;

/** Waits for the end of a thread that was told to end. */
final class Ends {

    private Ends() {}

    static void await(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
